using System.Globalization;

namespace Polymath.Onnx.Tracing;

/// <summary>The length of an axis, or another number that follows the batch: fixed, or so many per row.</summary>
/// <param name="Fixed">The number where it does not depend on the rows, else 0.</param>
/// <param name="PerRow">How often it holds the number of rows; 0 where it is fixed.</param>
internal readonly record struct Dimension(int Fixed, int PerRow)
{
    /// <summary>Whether it depends on the rows.</summary>
    public bool FollowsRows => PerRow > 0;

    /// <summary>What a number is that was found to be <paramref name="found"/> with so many <paramref name="rows"/>; null when it is neither fixed nor a multiple of the rows.</summary>
    public static Dimension? Of(ReadOnlySpan<int> found, ReadOnlySpan<int> rows)
    {
        if (found.IndexOfAnyExcept(found[0]) < 0) return new Dimension(found[0], 0);
        int times = found[0] / rows[0];
        for (int run = 0; run < rows.Length; run++)
        {
            if (found[run] != times * rows[run]) return null;
        }

        return new Dimension(0, times);
    }

    /// <summary>Its value with so many rows.</summary>
    public int At(int rows) => Fixed + (PerRow * rows);

    /// <inheritdoc/>
    public override string ToString() => FollowsRows ? PerRow == 1 ? "rows" : string.Create(CultureInfo.InvariantCulture, $"{PerRow} rows") : Fixed.ToString(CultureInfo.InvariantCulture);
}
