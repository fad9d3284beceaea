using System.Buffers;
using System.Numerics.Tensors;
using Polymath.Merging.Sources;

namespace Polymath.Merging.Adapters;

/// <summary>
/// A weight with a low-rank change, W + s B A, made while it is read: only the factors are in memory, and only while the tensor is in use.
/// The sum over the rank is taken in its order for every element, so the bits do not depend on how the tensor is cut.
/// </summary>
public sealed class LoraTensor : SourceTensor
{
    private readonly SourceTensor _weight, _a, _b;
    private readonly bool _transposed;
    private readonly float _scale;
    private readonly int _rank;
    private readonly Lock _loading = new();
    private readonly WeakReference<Factors?> _factors = new(null);

    /// <summary>A weight with a change.</summary>
    /// <param name="weight">W, <c>[out, in, ...]</c>, or <c>[in, out]</c> when transposed.</param>
    /// <param name="a">A, <c>[r, in, ...]</c>.</param>
    /// <param name="b">B, <c>[out, r, ...]</c>.</param>
    /// <param name="transposed">Whether W is stored <c>[in, out]</c>.</param>
    /// <param name="scale">s.</param>
    public LoraTensor(SourceTensor weight, SourceTensor a, SourceTensor b, bool transposed, double scale)
        : base((weight ?? throw new ArgumentNullException(nameof(weight))).Name, weight.Type, weight.Shape)
    {
        ArgumentNullException.ThrowIfNull(a);
        (_weight, _a, _b, _transposed, _scale, _rank) = (weight, a, b, transposed, (float)scale, checked((int)a.Shape[0]));
    }

    /// <inheritdoc/>
    public override void Read(long start, Span<float> destination)
    {
        _weight.Read(start, destination);
        (float[] left, float[] right) = Load();
        int columns = right.Length / _rank;
        float[] buffer = ArrayPool<float>.Shared.Rent(Math.Min(columns, destination.Length));
        while (!destination.IsEmpty)
        {
            int row = checked((int)(start / columns)), column = (int)(start % columns), count = Math.Min(destination.Length, columns - column);
            Span<float> change = buffer.AsSpan(0, count), part = destination[..count];
            change.Clear();
            for (int k = 0; k < _rank; k++) TensorPrimitives.MultiplyAdd(right.AsSpan((k * columns) + column, count), left[(row * _rank) + k], change, change);
            TensorPrimitives.MultiplyAdd(change, _scale, part, part);
            destination = destination[count..];
            start += count;
        }

        ArrayPool<float>.Shared.Return(buffer);
    }

    // The change is L R with L [rows, r] and R [r, columns] in the layout of the weight.
    private Factors Load()
    {
        lock (_loading)
        {
            if (_factors.TryGetTarget(out Factors? factors)) return factors;
            float[] a = new float[_a.Elements], b = new float[_b.Elements];
            _a.Read(0, a);
            _b.Read(0, b);
            factors = _transposed ? new(Transposed(a, _rank), Transposed(b, b.Length / _rank)) : new(b, a);
            _factors.SetTarget(factors);
            return factors;
        }
    }

    private static float[] Transposed(float[] matrix, int rows)
    {
        int columns = matrix.Length / rows;
        float[] result = new float[matrix.Length];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++) result[(j * rows) + i] = matrix[(i * columns) + j];
        }

        return result;
    }

    private sealed record Factors(float[] Left, float[] Right);
}
