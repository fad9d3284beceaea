using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>y = a x + c with numbers a and c; dx = a g.</summary>
internal sealed unsafe class Affine : Op
{
    public static readonly Affine Rule = new();

    public override string Name => "Affine";

    public static Tensor Forward(Tensor input, float scale, float shift)
    {
        Node x = input.Node, y = Tensor.Allocate(x.Shape);
        int length = x.Shape.Length;
        if (scale != 1f) Elementwise.Multiply(x.Pointer, scale, y.Pointer, length);
        if (scale == 1f || shift != 0f) Elementwise.Add(scale == 1f ? x.Pointer : y.Pointer, shift, y.Pointer, length);
        y.X = scale;
        y.Y = shift;
        return Tensor.Record(Rule, y, x);
    }

    public override void Backward(in Vjp vjp) => vjp.Give(0, vjp.Node.X == 1f ? vjp.Gradient : vjp.Gradient * vjp.Node.X);
}
