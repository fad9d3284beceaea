using Polymath.Tensors.Kernels;

namespace Polymath.Tensors;

/// <summary>Sums of stacked cotangents whose task sets differ.</summary>
internal static unsafe class RowAccumulation
{
    /// <summary>
    /// Brings rows of one cotangent into another that has room for them all: added where a row has <paramref name="arrived"/> before, copied
    /// where not.
    /// </summary>
    public static void Merge(Tensor target, RowSet targetRows, RowSet? arrived, Tensor source, RowSet sourceRows)
    {
        int width = target.Shape.Length / targetRows.Count;
        float* to = target.Node.Pointer, from = source.Node.Pointer;
        if (ReferenceEquals(targetRows, sourceRows) && ReferenceEquals(arrived, targetRows))
        {
            Elementwise.Add(to, from, to, target.Shape.Length);
            return;
        }

        for (int i = 0, at = 0; i < sourceRows.Count; i++)
        {
            int row = sourceRows.Rows[i];
            while (targetRows.Rows[at] != row) at++;
            float* place = to + ((nint)at * width), value = from + ((nint)i * width);
            if (arrived is not null && Array.BinarySearch(arrived.Rows, row) >= 0) Elementwise.Add(place, value, place, width);
            else new ReadOnlySpan<float>(value, width).CopyTo(new Span<float>(place, width));
        }
    }

    /// <summary>Sets the rows that have not arrived to zero.</summary>
    public static void ClearMissing(Tensor target, RowSet rows, RowSet arrived)
    {
        int width = target.Shape.Length / rows.Count;
        for (int i = 0; i < rows.Count; i++)
        {
            if (Array.BinarySearch(arrived.Rows, rows.Rows[i]) < 0) target.Span.Slice(i * width, width).Clear();
        }
    }

    /// <summary>The same cotangent over a larger task set, zero for the tasks it did not have.</summary>
    public static Tensor Spread(Tensor gradient, RowSet rows, RowSet all)
        => ReferenceEquals(rows, all) ? gradient : gradient.ScatterRows(rows.PositionsIn(all), all.Count);
}
