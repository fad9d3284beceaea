using System.Runtime.InteropServices;

namespace Polymath.Learning.Training;

/// <summary>Rows that can be gathered into batches, and the labels of all rows for evaluation.</summary>
public abstract class Dataset
{
    // FNV-1a, 64 bit.
    private const ulong HashStart = 0xCBF29CE484222325, HashPrime = 0x100000001B3;

    /// <summary>Number of rows.</summary>
    public abstract int Rows { get; }

    /// <summary>Labels per row.</summary>
    public abstract int Tasks { get; }

    /// <summary>The rows with these numbers, in this order; tensors are made on the current tape.</summary>
    /// <param name="rows">Row numbers.</param>
    /// <param name="reuse">An earlier batch of this data set with as many rows that nobody needs any more: it is filled again and returned. Null makes a new one.</param>
    public abstract Batch Gather(ReadOnlySpan<int> rows, Batch? reuse = null);

    /// <summary>The label of one row for one task as the model is trained on it; NaN when not observed.</summary>
    public abstract float Label(int row, int task);

    /// <summary>Whether rows belong to groups (users), so that metrics within groups are taken too.</summary>
    public virtual bool HasGroups => false;

    /// <summary>The group of a row; negative for none.</summary>
    public virtual int Group(int row) => -1;

    /// <summary>The row of the table, counted from 0, that a row comes from; negative when that is not known.</summary>
    public virtual int SourceRow(int row) => -1;

    /// <summary>A number that differs for other data: a checkpoint is refused on rows it was not made for. Covers the labels unless overridden.</summary>
    public virtual ulong Fingerprint()
    {
        ulong hash = Mix(HashStart, Rows);
        for (int row = 0; row < Rows; row++)
        {
            for (int task = 0; task < Tasks; task++) hash = Mix(hash, BitConverter.SingleToInt32Bits(Label(row, task)));
        }

        return hash;
    }

    /// <summary>Whether one of these rows has a label for the task.</summary>
    internal bool HasLabel(ReadOnlySpan<int> rows, int task)
    {
        foreach (int row in rows)
        {
            if (!float.IsNaN(Label(row, task))) return true;
        }

        return false;
    }

    /// <summary>A hash of named bytes.</summary>
    internal static ulong Hash(string name, ReadOnlySpan<byte> bytes)
    {
        ulong hash = HashStart;
        foreach (char letter in name) hash = Mix(hash, letter);
        ReadOnlySpan<int> words = MemoryMarshal.Cast<byte, int>(bytes);
        foreach (int word in words) hash = Mix(hash, word);
        foreach (byte rest in bytes[(words.Length * sizeof(int))..]) hash = Mix(hash, rest);
        return hash;
    }

    /// <summary>Adds one number to a fingerprint.</summary>
    protected static ulong Mix(ulong hash, int value) => unchecked((hash ^ (uint)value) * HashPrime);
}
