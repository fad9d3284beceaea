using System.Numerics.Tensors;

namespace Polymath.Tensors.Ops;

/// <summary>y = a x + c with numbers a and c; dx = a g.</summary>
internal sealed class Affine : Op
{
    public static readonly Affine Rule = new();

    public override string Name => "Affine";

    public static Tensor Forward(Tensor input, float scale, float shift)
    {
        Node x = input.Node, y = Tensor.Allocate(x.Shape);
        if (scale == 1f) TensorPrimitives.Add(x.Span, shift, y.Span);
        else if (shift == 0f) TensorPrimitives.Multiply(x.Span, scale, y.Span);
        else
        {
            TensorPrimitives.Multiply(x.Span, scale, y.Span);
            TensorPrimitives.Add(y.Span, shift, y.Span);
        }

        y.X = scale;
        return Tensor.Record(Rule, y, x);
    }

    public override void Backward(in Vjp vjp) => vjp.Give(0, vjp.Node.X == 1f ? vjp.Gradient : vjp.Gradient * vjp.Node.X);
}
