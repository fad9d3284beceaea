using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>y = x Phi(x) (Hendrycks and Gimpel 2016), exact; y' = Phi(x) + x phi(x).</summary>
internal sealed unsafe class Gelu : FusedUnaryOp
{
    public static readonly Gelu Rule = new();

    public override string Name => "Gelu";

    protected override void Compute(float* x, float* y, int length, float parameter) => Elementwise.GeluExact(x, y, length);

    protected override Tensor Derivative(in Vjp vjp) => Slope(vjp.Input(0));

    protected override void FusedBackward(float* x, float* y, float* g, float* dx, int length, int period) => Elementwise.GeluExactBackward(x, g, dx, length, period);

    /// <summary>f' by differentiable operations.</summary>
    internal static Tensor Slope(Tensor x)
        => (((x * 0.70710678f).Erf() + 1f) * 0.5f) + (x * (x * x * -0.5f).Exp() * 0.39894228f);
}
