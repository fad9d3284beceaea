using Polymath.Tensors;
using Polymath.Tensors.Kernels;

namespace Polymath.Tests;

/// <summary>Values and gradients of shapes large enough to be shared out have the same bits on one, two and three threads.</summary>
[Collection(QuietCollection.Name)]
public sealed class ThreadCountTests
{
    private static readonly Dictionary<string, (int[][] Shapes, Func<Tensor[], Tensor> Apply)> s_calls = new()
    {
        ["MatMul"] = ([[160, 130], [130, 170]], t => t[0].MatMul(t[1])),
        ["MatMul batched"] = ([[6, 40, 50], [50, 60]], t => t[0].MatMul(t[1])),
        ["Linear"] = ([[300, 90], [110, 90], [110]], t => Fused.Linear(t[0], t[1], t[2])),
        ["Broadcast"] = ([[300, 400], [400]], t => (t[0] * t[1]) + t[1]),
        ["Gelu"] = ([[100_000]], t => t[0].Gelu()),
        ["Sum over rows"] = ([[3000, 40]], t => t[0].Sum(0)),
        ["Sum of all"] = ([[100_000]], t => t[0].Sum()),
        ["Softmax"] = ([[900, 120]], t => t[0].Softmax()),
        ["LogSoftmax on the first axis"] = ([[120, 900]], t => t[0].LogSoftmax(0)),
        ["LayerNorm"] = ([[900, 120], [120], [120]], t => Fused.LayerNorm(t[0], t[1], t[2])),
        ["RmsNorm"] = ([[900, 120], [120]], t => Fused.RmsNorm(t[0], t[1])),
        ["BatchNorm"] = ([[900, 120], [120], [120]], t => Fused.BatchNorm(t[0], t[1], t[2], 1e-5f, new float[120], new float[120])),
        ["Attention"] = ([[3, 150, 60]], t => Fused.ScaledDotProductAttention(t[0], heads: 4, causal: true)),
        ["Attention of one head"] = ([[1, 300, 20], [1, 200, 20], [1, 200, 9]], t => Fused.ScaledDotProductAttention(t[0], t[1], t[2], heads: 1)),
        ["Attention over few positions"] = ([[300, 17, 48]], t => Fused.ScaledDotProductAttention(t[0], heads: 4, causal: true)),
        ["FeedForward"] = ([[1500, 16], [130, 16], [130], [16, 130], [16]], t => Fused.FeedForward(t[0], t[1], t[2], t[3], t[4])),
        ["SoftmaxCrossEntropy"] = ([[3000, 40]], t => Fused.SoftmaxCrossEntropy(t[0], Tensor.Full(7f, 3000), labelSmoothing: 0.1f)),
        ["BinaryCrossEntropy"] = ([[100_000]], t => Fused.BinaryCrossEntropy(t[0], Tensor.Full(1f, 100_000), 2f, 0.1f)),
        ["Dropout"] = ([[300, 400]], t => Fused.Dropout(t[0], 0.2f, new RandomStream(8))),
        ["Permute"] = ([[50, 60, 40]], t => t[0].Permute(2, 0, 1)),
        ["Concat"] = ([[400, 90], [400, 110]], t => Tensor.Concat(t, 1)),
        ["GatherRows"] = ([[500, 64]], t => t[0].GatherRows(Repeating(2000, 500))),
        ["EmbedFields"] = ([[50, 7], [9, 30], [400, 3], [700, 11]], t => Fused.EmbedFields(t.AsSpan(0, 3), Ids(700, 50, 9, 400), t[3])),
        ["GroupedLinear"] = ([[700, 120], [50, 40], [50, 40], [50, 40], [50], [50], [50]], t => Fused.GroupedLinear(t[0], t.AsSpan(1, 3), t.AsSpan(4))),
        ["Mixture"] = ([[700, 5], [700, 3 * 70], [700, 2 * 70]], t => Fused.Mixture(t[0], t[1], t[2])),
        ["Conv2d"] = ([[9, 4, 20, 20], [6, 4, 3, 3], [6]], t => Fused.Conv2d(t[0], t[1], t[2], stride: 2, padding: 1)),
    };

    public static TheoryData<string> Names => [.. s_calls.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Large_results_are_bit_identical_at_any_thread_count(string name)
    {
        (int[][] shapes, Func<Tensor[], Tensor> apply) = s_calls[name];
        int before = Workers.Count;
        try
        {
            Workers.Configure(1);
            float[][] expected = Run();
            for (int threads = 2; threads <= 3; threads++)
            {
                Workers.Configure(threads);
                float[][] actual = Run();
                for (int i = 0; i < expected.Length; i++)
                    Assert.True(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(expected[i]).SequenceEqual(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(actual[i])), $"result {i} with {threads} threads");
            }
        }
        finally
        {
            Workers.Configure(before);
        }

        float[][] Run()
        {
            var random = new RandomStream(3).Derive(name);
            using var tape = new Tape();
            Tensor[] inputs = [.. shapes.Select(shape => Tensor.Normal(random, new Shape(shape)).WithGradient())];
            Tensor y = apply(inputs);
            Tensor[] gradients = tape.Gradients([(y * y).Sum(), y.Sin().Sum()], inputs);
            return [y.ToArray(), .. gradients.Select(g => g.ToArray())];
        }
    }

    private static IndexTensor Ids(int rows, params int[] counts)
    {
        var ids = new IndexTensor([rows, counts.Length]);
        for (int i = 0; i < ids.Span.Length; i++) ids.Span[i] = i * 7919 % counts[i % counts.Length];
        return ids;
    }

    private static IndexTensor Repeating(int count, int rows)
    {
        var indices = new IndexTensor([count]);
        for (int i = 0; i < count; i++) indices.Span[i] = i * 7919 % rows;
        return indices;
    }
}
