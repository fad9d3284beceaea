namespace Polymath.Learning.Training;

/// <summary>One list of ids per row, stored end to end: a history of items, the words of a title.</summary>
/// <example><code>
/// var history = new SequenceArray([0, 2, 2, 3], [4, 7, 9], maxLength: 2);   // row 0: 4 7, row 1: none, row 2: 9
/// </code></example>
public sealed class SequenceArray
{
    /// <summary>Lists over arrays that are not copied.</summary>
    /// <param name="starts">Where the list of each row begins in <paramref name="ids"/>, and at last where the last one ends: <c>[rows + 1]</c>, not decreasing.</param>
    /// <param name="ids">The ids of all rows, oldest first, 0 or more.</param>
    /// <param name="maxLength">How many a batch holds of every row, at least 1; of a longer list the last ones, the most recent, are kept.</param>
    /// <exception cref="TrainingException">The arrays do not go together.</exception>
    public SequenceArray(int[] starts, int[] ids, int maxLength)
    {
        ArgumentNullException.ThrowIfNull(starts);
        ArgumentNullException.ThrowIfNull(ids);
        if (maxLength < 1) throw new TrainingException($"SequenceArray: found a longest length of {maxLength}, expected at least 1.");
        if (starts.Length == 0 || starts[0] != 0 || starts[^1] != ids.Length) throw new TrainingException($"SequenceArray: found {starts.Length} starts for {ids.Length} ids, expected one per row and the number of ids at the end.");
        for (int row = 1; row < starts.Length; row++)
        {
            if (starts[row] < starts[row - 1]) throw new TrainingException($"SequenceArray: the list of row {row - 1} starts at {starts[row - 1]} and ends at {starts[row]}, expected an end not before the start.");
        }

        (Starts, Ids, MaxLength) = (starts, ids, maxLength);
    }

    /// <summary>Number of rows.</summary>
    public int Rows => Starts.Length - 1;

    /// <summary>How many ids a batch holds of every row.</summary>
    public int MaxLength { get; }

    internal int[] Starts { get; }

    internal int[] Ids { get; }

    /// <summary>The list of a row, the most recent <see cref="MaxLength"/> of it.</summary>
    public ReadOnlySpan<int> this[int row]
    {
        get
        {
            int end = Starts[row + 1], start = Math.Max(Starts[row], end - MaxLength);
            return Ids.AsSpan(start, end - start);
        }
    }
}
