namespace Polymath.Tensors.Ops;

/// <summary>A reusable list of nodes, so that joining many tensors allocates nothing per call.</summary>
internal readonly ref struct NodeList
{
    [ThreadStatic]
    private static Node[]? t_nodes;

    private readonly Span<Node> _nodes;

    public NodeList(int count)
    {
        if (t_nodes is null || t_nodes.Length < count) t_nodes = new Node[Math.Max(count, 16)];
        _nodes = t_nodes.AsSpan(0, count);
    }

    public ReadOnlySpan<Node> Span => _nodes;

    public Node this[int index]
    {
        set => _nodes[index] = value;
    }
}
