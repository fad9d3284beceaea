using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>h = sum_e g_e f_e: what every gate does with its experts.</summary>
internal static class ExpertMixture
{
    /// <summary>Expert outputs side by side: E tensors <c>[rows, width]</c> become <c>[rows, E, width]</c>.</summary>
    public static Tensor Stack(ReadOnlySpan<Tensor> experts)
    {
        int rows = experts[0].Shape[0], width = experts[0].Shape[1];
        return Tensor.Concat(experts, 1).Reshape(rows, experts.Length, width);
    }

    /// <summary>The weighted sum over experts.</summary>
    /// <param name="gate">Weights, <c>[rows, E]</c>.</param>
    /// <param name="experts">Outputs, <c>[rows, E, width]</c>.</param>
    /// <returns>Shape <c>[rows, width]</c>.</returns>
    public static Tensor Mix(Tensor gate, Tensor experts) => gate.Unsqueeze(1).MatMul(experts).Squeeze(1);

    /// <summary>Multiplications and additions of one mixture for one row.</summary>
    public static long Flops(int experts, int width) => 2L * experts * width;
}
