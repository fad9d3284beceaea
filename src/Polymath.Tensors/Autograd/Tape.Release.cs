namespace Polymath.Tensors;

/// <summary>The end of a record: all at once, or value by value in its last sweep.</summary>
public sealed partial class Tape
{
    // Losses that stay readable after the sweep that ended their record.
    private readonly List<Node> _kept = [];

    /// <summary>Gives the memory of a value back, once, and makes its handles invalid; the node keeps its place in the record.</summary>
    internal static void Discard(Node node)
    {
        if (node.Buffer is not { } buffer) return;
        node.Buffer = null!;
        node.Version++;
        buffer.Release();
    }

    private void EndRecord(bool keepStarts)
    {
        for (int i = 0; i < _nodes.Count; i++)
        {
            Node node = _nodes[i];
            if (keepStarts && node.Leaf is null && _pass.Keeps(i)) _kept.Add(WithoutHistory(node));
            else Recycle(node);
        }

        _nodes.Clear();
        _aliases.Clear();
        ClearSegments(0);
    }

    private static Node WithoutHistory(Node node)
    {
        node.Op = null;
        node.Index = -1;
        node.RequiresGradient = false;
        node.Indices = null;
        node.SetInputs([]);
        Array.Clear(node.Saved);
        return node;
    }
}
