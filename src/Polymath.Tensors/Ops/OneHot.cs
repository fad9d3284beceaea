namespace Polymath.Tensors.Ops;

/// <summary>Constant 0/1 masks that pick one element along an axis.</summary>
internal static class OneHot
{
    /// <summary>A tensor of <paramref name="shape"/> that is 1 where the position along <paramref name="axis"/> equals the index.</summary>
    public static Tensor Along(ReadOnlySpan<int> index, int axis, in Shape shape)
    {
        Tensor mask = Tensor.Zeros(shape);
        Span<float> values = mask.Span;
        int inner = shape.Product(axis + 1, shape.Rank), length = shape[axis];
        for (int i = 0; i < index.Length; i++) values[(((i / inner * length) + index[i]) * inner) + (i % inner)] = 1f;
        return mask;
    }
}
