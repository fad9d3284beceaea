using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>y = x/2 (1 + tanh u), u = sqrt(2/pi) (x + 0.044715 x^3); y' = (1 + t)/2 + x/2 (1 - t^2) u'.</summary>
internal sealed unsafe class GeluTanh : FusedUnaryOp
{
    public static readonly GeluTanh Rule = new();

    public override string Name => "GeluTanh";

    protected override void Compute(float* x, float* y, int length, float parameter) => Elementwise.GeluTanh(x, y, length);

    protected override Tensor Derivative(in Vjp vjp) => Slope(vjp.Input(0));

    protected override void FusedBackward(float* x, float* y, float* g, float* dx, int length, int period) => Elementwise.GeluTanhBackward(x, g, dx, length, period);

    private static Tensor Slope(Tensor x)
    {
        const float Root = 0.79788456f, Cubic = 0.044715f;
        Tensor t = ((x + (x * x * x * Cubic)) * Root).Tanh();
        Tensor inner = ((x * x * (3f * Cubic)) + 1f) * Root;
        return ((t + 1f) * 0.5f) + (x * (1f - (t * t)) * inner * 0.5f);
    }
}
