using System.Numerics.Tensors;

namespace Polymath.Merging.Twin;

/// <summary>What one task adds to one tensor of the shared expert: two factors, or elements.</summary>
/// <remarks>A matrix is the tensor's first axis by all others. Elements of a compressed tensor are mostly zero and count as value and index.</remarks>
public sealed class ExclusiveTensor
{
    internal ExclusiveTensor(int rows, int columns, int rank, float[] a, float[] b) => (Rows, Columns, Rank, A, B) = (rows, columns, rank, a, b);

    internal ExclusiveTensor(float[] elements) => (Rows, Columns, Elements) = (1, elements.Length, elements);

    /// <summary>Rows of the matrix; 1 of elements.</summary>
    public int Rows { get; }

    /// <summary>Columns of the matrix; the number of elements.</summary>
    public int Columns { get; }

    /// <summary>r, 0 of elements.</summary>
    public int Rank { get; }

    /// <summary>Whether it is kept as factors.</summary>
    public bool IsLowRank => Elements is null;

    /// <summary>U diag(s), <c>[Rows, Rank]</c>; empty of elements.</summary>
    public ReadOnlyMemory<float> A { get; }

    /// <summary>V^T, <c>[Rank, Columns]</c>; empty of elements.</summary>
    public ReadOnlyMemory<float> B { get; }

    /// <summary>The elements, or null of factors.</summary>
    internal float[]? Elements { get; }

    /// <summary>Bytes: of both factors; or of the elements, or of the values and 32-bit indices of those that are not zero where that is less.</summary>
    public long Bytes
    {
        get
        {
            if (Elements is null) return (long)sizeof(float) * Rank * (Rows + Columns);
            long kept = 0;
            foreach (float element in Elements) kept += element != 0 ? 1 : 0;
            return Math.Min((long)sizeof(float) * Elements.Length, (sizeof(float) + sizeof(int)) * kept);
        }
    }

    /// <summary>target += weight v.</summary>
    /// <param name="target">The tensor, row-major.</param>
    /// <param name="weight">The share of the task.</param>
    public void AddTo(Span<float> target, float weight)
    {
        if (Elements is not null)
        {
            TensorPrimitives.MultiplyAdd(Elements, weight, target, target);
            return;
        }

        ReadOnlySpan<float> a = A.Span, b = B.Span;
        for (int i = 0; i < Rows; i++)
        {
            Span<float> row = target.Slice(i * Columns, Columns);
            for (int k = 0; k < Rank; k++) TensorPrimitives.MultiplyAdd(b.Slice(k * Columns, Columns), weight * a[(i * Rank) + k], row, row);
        }
    }
}
