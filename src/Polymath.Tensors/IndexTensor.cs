namespace Polymath.Tensors;

/// <summary>A dense row-major tensor of 32-bit integers: lookups, class ids, positions. It takes no part in differentiation.</summary>
public sealed class IndexTensor
{
    private readonly int[] _values;

    /// <summary>A tensor of zeros, pinned so that kernels may read it directly.</summary>
    public IndexTensor(params ReadOnlySpan<int> shape)
    {
        Shape = new Shape(shape);
        _values = GC.AllocateArray<int>(Math.Max(1, Shape.Length), pinned: true);
    }

    /// <summary>A tensor of a given shape; see <see cref="FromArray"/> to copy values in.</summary>
    public IndexTensor(in Shape shape)
        : this(shape.Axis)
    {
    }

    /// <summary>The axis lengths.</summary>
    public Shape Shape { get; }

    /// <summary>The values, row-major.</summary>
    public Span<int> Span => _values.AsSpan(0, Shape.Length);

    /// <summary>A copy of <paramref name="values"/> with a shape (default: one axis).</summary>
    /// <exception cref="TensorException">The shape does not hold that many values.</exception>
    public static IndexTensor FromArray(ReadOnlySpan<int> values, params ReadOnlySpan<int> shape)
    {
        var tensor = shape.Length == 0 ? new IndexTensor([values.Length]) : new IndexTensor(shape);
        if (tensor.Shape.Length != values.Length) throw new TensorException($"IndexTensor.FromArray: {values.Length} values do not fill shape {tensor.Shape}.");
        values.CopyTo(tensor.Span);
        return tensor;
    }

    /// <summary>Throws unless every value lies in [0, <paramref name="count"/>).</summary>
    /// <exception cref="TensorException">Names the first offending position and value.</exception>
    internal void RequireBelow(int count, string operation)
    {
        ReadOnlySpan<int> values = Span;
        for (int i = 0; i < values.Length; i++)
        {
            if ((uint)values[i] >= (uint)count) throw new TensorException($"{operation}: index {values[i]} at position {i} is outside [0, {count}).");
        }
    }
}
