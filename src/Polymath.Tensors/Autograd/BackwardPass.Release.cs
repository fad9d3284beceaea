namespace Polymath.Tensors;

/// <summary>Gives the values of the forward pass back while the last sweep goes over them.</summary>
internal sealed partial class BackwardPass
{
    private const int Kept = -1;

    // Usually 0: only later nodes read a value, so it is dead once the sweep has passed it. One more than the number of the first reader for a
    // value made after a node that reads it, like the statistics that a normalisation saves.
    private int[] _reader = [];

    /// <summary>True while this is the last sweep over what it sweeps.</summary>
    public bool Releases { get; private set; }

    /// <summary>Declares this the last sweep; its starts stay readable.</summary>
    public void ReleaseAllBut(ReadOnlySpan<Tensor> starts)
    {
        Releases = true;
        FindEarlyReaders(0);
        foreach (Tensor start in starts) _reader[tape.Find(start.Node)!.Index] = Kept;
    }

    /// <summary>Whether a value outlives the sweep that releases the others.</summary>
    public bool Keeps(int index) => _reader[index] == Kept;

    private void FindEarlyReaders(int from)
    {
        Array.Clear(_reader, from, _count - from);
        for (int i = from; i < _count; i++)
        {
            Node node = tape[i];
            foreach (Node input in node.Inputs.AsSpan(0, node.InputCount)) ReadBy(i, input);
            foreach (Node? saved in node.Saved) ReadBy(i, saved);
        }
    }

    private void ReadBy(int reader, Node? value)
    {
        if (IsLater(value, reader) && _reader[value!.Index] == 0) _reader[value.Index] = reader + 1;
    }

    /// <summary>Gives back what nothing below a node reads: its own value and those that had to wait for it.</summary>
    private void ReleaseValue(int index)
    {
        Node node = tape[index];
        foreach (Node input in node.Inputs.AsSpan(0, node.InputCount)) ReleaseAfter(index, input);
        foreach (Node? saved in node.Saved) ReleaseAfter(index, saved);
        if (_reader[index] == 0) Release(node);
    }

    private void ReleaseAfter(int reader, Node? value)
    {
        if (IsLater(value, reader) && _reader[value!.Index] == reader + 1) Release(value);
    }

    private bool IsLater(Node? value, int index) => value is not null && ReferenceEquals(value.Tape, tape) && value.Index > index;

    /// <summary>Aliases hold no memory, and a value may itself be a cotangent on its way down; both go when the record ends.</summary>
    private static void Release(Node node)
    {
        if (node.Leaf is null && node.Holds == 0) Tape.Discard(node);
    }
}
