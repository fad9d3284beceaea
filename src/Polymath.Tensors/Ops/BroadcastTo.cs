using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>x repeated to a larger shape; dx sums g over the repeated axes.</summary>
internal sealed unsafe class BroadcastTo : Op
{
    public static readonly BroadcastTo Rule = new();

    public override string Name => "BroadcastTo";

    public static Tensor Forward(Tensor input, in Shape shape)
    {
        Node x = input.Node;
        if (x.Shape == shape) return input;
        if (Shape.Broadcast(x.Shape, shape, "BroadcastTo") != shape) throw new TensorException($"BroadcastTo: shape {x.Shape} does not stretch to {shape}.");
        Node y = Tensor.Allocate(shape);
        if (shape.Length > 0)
        {
            float zero = 0f;
            Span<int> strides = stackalloc int[shape.Rank], none = stackalloc int[shape.Rank];
            Arithmetic.BroadcastStrides(x.Shape, strides);
            none.Clear();
            Broadcast.Binary(BinaryKind.Add, shape.Axis, x.Pointer, strides, &zero, none, y.Pointer);
        }

        return Tensor.Record(Rule, y, x);
    }

    public override void Backward(in Vjp vjp) => vjp.Give(0, vjp.Gradient);
}
