namespace Polymath.Benchmarks.Comparison;

/// <summary>Matrix products against OpenBLAS, called through numpy.dot.</summary>
internal static class GemmCases
{
    private const double EachTarget = 0.90, SmallTarget = 0.80, MeanTarget = 0.97, InstalledTarget = 1.4;
    private static readonly int[] s_small = [32, 64], s_squares = [128, 256, 512, 1024, 2048], s_batches = [256, 1024, 4096], s_widths = [64, 256, 512];
    private static readonly (int Batch, int Inputs, int Outputs)[] s_weightGradients = [(256, 64, 64), (256, 256, 256), (1024, 256, 512), (1024, 512, 512), (4096, 64, 256), (4096, 512, 512)];

    public static CaseGroup Group { get; } = new(
        "Matrix products",
        "Square C = A B, layers out = X W^T named batch x inputs x outputs, and weight gradients dW = dY^T X of such layers, against `numpy.dot` on OpenBLAS. A ratio of 1 is the peer's speed, more is faster.",
        [
            .. s_small.Select(n => Product($"gemm/n={n}", n, n, n, "NN", SmallTarget)),
            .. s_squares.Select(n => Product($"gemm/n={n}", n, n, n, "NN", EachTarget)),
            .. from batch in s_batches from inputs in s_widths from outputs in s_widths select Product($"gemm/layer/{batch}x{inputs}x{outputs}", batch, inputs, outputs, "NT", EachTarget),
            .. s_weightGradients.Select(size => Product($"gemm/weight-gradient/{size.Batch}x{size.Inputs}x{size.Outputs}", size.Outputs, size.Batch, size.Inputs, "TN", EachTarget)),
        ])
    {
        Mean = new Goal(Yardstick.TunedPeer, MeanTarget),
    };

    private static Case Product(string name, int m, int k, int n, string layout, double target) => new(name, () => new GemmWorkload(m, k, n, layout))
    {
        Peer = $"gemm {m} {k} {n} {layout}",
        Flops = 2.0 * m * k * n,
        Bytes = sizeof(float) * (((double)m * k) + ((double)k * n) + ((double)m * n)),
        Goals = target == SmallTarget ? [new Goal(Yardstick.TunedPeer, target), new Goal(Yardstick.InstalledPeer)] : [new Goal(Yardstick.TunedPeer, target), new Goal(Yardstick.InstalledPeer, InstalledTarget)],
        InMean = target == EachTarget,
    };
}
