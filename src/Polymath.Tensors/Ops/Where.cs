namespace Polymath.Tensors.Ops;

/// <summary>
/// y = a where mask is not 0, b where it is; the gradient follows the choice. A selection and not mask a + (1 - mask) b, in
/// both directions: NaN and infinity on the side not chosen must not leak.
/// </summary>
internal sealed unsafe class Where : Op
{
    public static readonly Where Rule = new();

    public override string Name => "Where";

    public static Tensor Forward(Tensor mask, Tensor whenTrue, Tensor whenFalse)
    {
        Node m = mask.Node, a = whenTrue.Node, b = whenFalse.Node;
        Shape shape = Shape.Broadcast(Shape.Broadcast(m.Shape, a.Shape, "Where"), b.Shape, "Where");
        Node y = Tensor.Allocate(shape);
        if (shape.Length > 0) Choose(m, a, b, y);
        y.Saved[0] = m;
        return Tensor.Record(Rule, y, a, b);
    }

    public override void Backward(in Vjp vjp)
    {
        Tensor mask = vjp.Saved(0), zero = Tensor.Scalar(0f);
        if (vjp.Needs(0)) vjp.Give(0, Forward(mask, vjp.Gradient, zero));
        if (vjp.Needs(1)) vjp.Give(1, Forward(mask, zero, vjp.Gradient));
    }

    private static void Choose(Node m, Node a, Node b, Node y)
    {
        // One leading axis of length 1, so that a scalar too has a last axis to run along.
        Shape shape = y.Shape.Rank == 0 ? new Shape(1) : y.Shape;
        int rank = shape.Rank, run = shape[-1];
        Span<int> stepM = stackalloc int[rank], stepA = stackalloc int[rank], stepB = stackalloc int[rank], index = stackalloc int[rank];
        Arithmetic.BroadcastStrides(m.Shape, stepM);
        Arithmetic.BroadcastStrides(a.Shape, stepA);
        Arithmetic.BroadcastStrides(b.Shape, stepB);
        index.Clear();
        float* to = y.Pointer;
        for (int row = shape.Length / run; row > 0; row--, to += run)
        {
            float* choose = m.Pointer + At(index, stepM), left = a.Pointer + At(index, stepA), right = b.Pointer + At(index, stepB);
            int nextM = stepM[^1], nextA = stepA[^1], nextB = stepB[^1];
            for (int i = 0; i < run; i++) to[i] = choose[i * nextM] != 0f ? left[i * nextA] : right[i * nextB];
            for (int axis = rank - 2; axis >= 0 && ++index[axis] == shape[axis]; axis--) index[axis] = 0;
        }
    }

    private static nint At(ReadOnlySpan<int> index, ReadOnlySpan<int> steps)
    {
        nint at = 0;
        for (int axis = 0; axis < index.Length - 1; axis++) at += (nint)index[axis] * steps[axis];
        return at;
    }
}
