using System.Numerics.Tensors;

namespace Polymath.Tensors;

/// <summary>Sums of stacked cotangents whose task sets differ.</summary>
internal static class RowAccumulation
{
    /// <summary>Adds rows of one cotangent onto the matching rows of another that has them all.</summary>
    public static void AddInPlace(Tensor target, RowSet targetRows, Tensor source, RowSet sourceRows)
    {
        int width = target.Shape.Length / targetRows.Count;
        Span<float> to = target.Span;
        ReadOnlySpan<float> from = source.Span;
        if (ReferenceEquals(targetRows, sourceRows))
        {
            TensorPrimitives.Add(to, from, to);
            return;
        }

        for (int i = 0, at = 0; i < sourceRows.Count; i++)
        {
            while (targetRows.Rows[at] != sourceRows.Rows[i]) at++;
            Span<float> row = to.Slice(at * width, width);
            TensorPrimitives.Add(row, from.Slice(i * width, width), row);
        }
    }

    /// <summary>The same cotangent over a larger task set, zero for the tasks it did not have.</summary>
    public static Tensor Spread(Tensor gradient, RowSet rows, RowSet all)
    {
        if (ReferenceEquals(rows, all)) return gradient;
        int[] positions = new int[rows.Count];
        for (int i = 0, at = 0; i < rows.Count; i++)
        {
            while (all.Rows[at] != rows.Rows[i]) at++;
            positions[i] = at;
        }

        return gradient.ScatterRows(IndexTensor.FromArray(positions), all.Count);
    }
}
