namespace Polymath.Tensors.Ops;

/// <summary>y = a^b element-wise; da = g b a^(b-1), db = g y ln a (0 where a is 0).</summary>
internal sealed class TensorPower : Op
{
    public static readonly TensorPower Rule = new();

    public override string Name => "Pow";

    public override void Backward(in Vjp vjp)
    {
        Tensor a = vjp.Input(0), b = vjp.Input(1);
        if (vjp.Needs(0)) vjp.Give(0, vjp.Gradient * (b * a.Pow(b - 1f)));
        if (!vjp.Needs(1)) return;
        // 0 ln 0 is 0 here, so the logarithm is taken of 1 where a is 0.
        Tensor zero = a.EqualTo(Tensor.Scalar(0f));
        vjp.Give(1, vjp.Gradient * (vjp.Output * Tensor.Where(zero, Tensor.Scalar(1f), a).Log()));
    }
}
