namespace Polymath.Data;

/// <summary>The lists of one column, stored end to end: row r has <c>Ids[Starts[r]..Starts[r + 1]]</c>, oldest first.</summary>
public sealed class EncodedSequence
{
    internal EncodedSequence(SequenceField field, int[] starts, int[] ids) => (Field, Starts, Ids) = (field, starts, ids);

    /// <summary>What the lists hold.</summary>
    public SequenceField Field { get; }

    /// <summary>Where the list of every row begins, and at last where the last one ends, <c>[rows + 1]</c>.</summary>
    public int[] Starts { get; }

    /// <summary>The ids of all rows.</summary>
    public int[] Ids { get; }

    /// <summary>The list of a row.</summary>
    public ReadOnlySpan<int> this[int row] => Ids.AsSpan(Starts[row]..Starts[row + 1]);

    internal EncodedSequence Take(ReadOnlySpan<int> rows)
    {
        int[] starts = new int[rows.Length + 1];
        for (int i = 0; i < rows.Length; i++) starts[i + 1] = starts[i] + this[rows[i]].Length;
        int[] ids = new int[starts[^1]];
        for (int i = 0; i < rows.Length; i++) this[rows[i]].CopyTo(ids.AsSpan(starts[i]));
        return new EncodedSequence(Field, starts, ids);
    }
}
