namespace Polymath.Tensors;

/// <summary>
/// One reverse sweep over a tape for any number of tasks. Cotangents are stacked along a leading task axis and carry the set of
/// tasks they belong to; they are given back to the pool as soon as their node's rule has run.
/// </summary>
internal sealed partial class BackwardPass(Tape tape)
{
    private readonly RowSet.Table _sets = new();
    private Tensor[] _cotangents = [];
    private RowSet?[] _rows = [];

    // The rows that will have reached a node when its turn comes, and, while some are missing, those that have.
    private RowSet?[] _promised = [];
    private RowSet?[] _arrived = [];
    private bool[] _needed = [];
    private bool[] _collected = [];

    // How many rules give to a node, and how many of them have not run yet.
    private int[] _uses = [];
    private int[] _left = [];
    private IGradientSink? _sink;
    private bool _stops;
    private int _count;

    /// <summary>True when the rules themselves are recorded, for second derivatives.</summary>
    public bool CreateGraph { get; private set; }

    /// <summary>The rows of the cotangent being propagated now.</summary>
    public RowSet Rows { get; private set; } = null!;

    public RowSet.Table Sets => _sets;

    public bool Needs(Node input) => input.RequiresGradient && (uint)input.Index < (uint)_count && _needed[input.Index];

    /// <summary>Clears the slots for a sweep over the nodes recorded so far.</summary>
    public void Begin(bool createGraph)
    {
        CreateGraph = createGraph;
        _stops = false;
        Releases = false;
        MakeSlots(0);
    }

    /// <summary>Room for all nodes recorded so far, empty from the first given one on.</summary>
    private void MakeSlots(int from)
    {
        _count = tape.Count;
        if (_cotangents.Length < _count)
        {
            int capacity = Math.Max(_count, _cotangents.Length * 2);
            Array.Resize(ref _cotangents, capacity);
            Array.Resize(ref _rows, capacity);
            Array.Resize(ref _promised, capacity);
            Array.Resize(ref _arrived, capacity);
            Array.Resize(ref _needed, capacity);
            Array.Resize(ref _collected, capacity);
            Array.Resize(ref _uses, capacity);
            Array.Resize(ref _left, capacity);
            Array.Resize(ref _reader, capacity);
        }

        Array.Clear(_collected, from, _count - from);
        Array.Clear(_needed, from, _count - from);
        Array.Clear(_promised, from, _count - from);
        Array.Clear(_arrived, from, _count - from);
        Array.Clear(_uses, from, _count - from);
        Array.Clear(_left, from, _count - from);
    }

    /// <summary>Keeps the cotangent of a node for the caller.</summary>
    public void Collect(Node node) => _collected[node.Index] = true;

    /// <summary>Whether the cotangent of a node is kept for the caller.</summary>
    public bool Collects(Node node) => _collected[node.Index];

    /// <summary>Keeps the cotangents of these nodes and ends the sweep there.</summary>
    public void StopAt(List<Node> nodes)
    {
        foreach (Node node in nodes) Collect(node);
        _stops = true;
    }

    /// <summary>Marks what has to be visited: everything on a path from a wanted leaf or collected node.</summary>
    public void MarkNeeded(IGradientSink? sink)
    {
        _sink = sink;
        foreach (Node leaf in tape.Aliases) _needed[leaf.Index] = _collected[leaf.Index] || (sink is not null && sink.Holds(leaf.Leaf!));
        MarkNeeded(0);
    }

    private void MarkNeeded(int from)
    {
        for (int i = from; i < _count; i++)
        {
            Node node = tape[i];
            if (node.Leaf is not null || (!node.RequiresGradient && !_collected[i])) continue;
            _needed[i] = _collected[i] || NeedsAny(node);
        }
    }

    /// <summary>Announces that rows will be given to a node by the caller; every start first, then <see cref="Plan"/>.</summary>
    public void Promise(Node node, RowSet rows)
    {
        if (Needs(node)) _promised[node.Index] = _promised[node.Index] is { } known ? _sets.Union(known, rows) : rows;
    }

    /// <summary>
    /// Finds the rows that will reach every node, so that a trunk below K heads makes room for all of them once, when the first arrives.
    /// </summary>
    public void Plan(int from = 0)
    {
        for (int i = _count - 1; i >= from; i--)
        {
            if (_promised[i] is not { } rows || (_stops && _collected[i])) continue;
            Node node = tape[i];
            for (int j = 0; j < node.InputCount; j++)
            {
                if (!Needs(node.Inputs[j])) continue;
                Promise(node.Inputs[j], rows);
                _uses[node.Inputs[j].Index]++;
                _left[node.Inputs[j].Index]++;
            }
        }
    }

    /// <summary>Whether an input is a parameter whose gradient rows the sink keeps, so that a rule may write them itself.</summary>
    public bool WritesParameter(Node input) => !CreateGraph && Needs(input) && IsKept(input) && !_sink!.WantsWhole(input.Leaf!);

    /// <summary>Whether an input's gradient is wanted only for its inner products, and the rule that asks is its only source.</summary>
    public bool OnlyInnerProducts(Node input) => !CreateGraph && Needs(input) && _uses[input.Index] == 1 && IsKept(input) && _sink!.WantsWhole(input.Leaf!);

    /// <summary>The sum of inner products that such a gradient goes into; null for any other.</summary>
    public GradientGramian? GramianOf(Node input) => OnlyInnerProducts(input) ? _sink as GradientGramian : null;

    /// <summary>The rows that will reach a node; null for none. Known after <see cref="Plan"/>.</summary>
    public RowSet? Promised(Node node) => _promised[node.Index];

    /// <summary>Where the gradient rows of a parameter lie, from one of the current rows on.</summary>
    public ParameterPlace Place(Node input, int first) => _sink!.Place(input.Leaf!, Rows, first);

    /// <summary>Runs every rule from the last node to the first.</summary>
    public void Sweep(int from = 0)
    {
        for (int i = _count - 1; i >= from; i--)
        {
            Node node = tape[i];
            if (!IsKept(node) && !(_stops && _collected[i]))
            {
                if (_rows[i] is { } rows) Propagate(i, rows);
                if (_sink is GradientGramian && _promised[i] is not null) DeliverComplete(node);
            }

            if (Releases) ReleaseValue(i);
        }
    }

    private void Propagate(int slot, RowSet rows)
    {
        Node node = tape[slot];
        Complete(slot);
        Rows = rows;
        Tensor gradient = _cotangents[slot];
        if (node.Op is { } op && NeedsAny(node)) op.Backward(new Vjp(this, node, gradient));
        // A segment that was run again has taken its cotangent over.
        if (!_collected[slot] && _rows[slot] is not null) Release(slot);
        if (!CreateGraph) tape.ReleaseScratch();
    }

    /// <summary>The collected cotangent of a node over all <paramref name="tasks"/> rows, zeros where it is structurally zero.</summary>
    public Tensor Take(Node node, int tasks)
    {
        RowSet all = _sets.Range(tasks);
        Complete(node.Index);
        if (_rows[node.Index] is not { } rows) return Tensor.Zeros(node.Shape.Prepend(tasks));
        Tensor gradient = RowAccumulation.Spread(_cotangents[node.Index], rows, all);
        // One cotangent may have reached several nodes (a + b gives the same one twice); results must not share memory.
        if (!CreateGraph && (gradient.Node.Holds > 1 || !gradient.Node.Buffer.IsSole)) gradient = Copy(gradient);
        tape.Adopt(gradient.Node);
        Release(node.Index);
        return gradient;
    }

    /// <summary>Empties every slot, also after a rule threw.</summary>
    public void End()
    {
        for (int i = 0; i < _count; i++)
        {
            if (_rows[i] is not null) Release(i);
        }
    }

    /// <summary>Hands over the parameters for which this was the last rule; a parameter may be read by rules recorded before it.</summary>
    private void DeliverComplete(Node node)
    {
        for (int j = 0; j < node.InputCount; j++)
        {
            Node input = node.Inputs[j];
            if (!Needs(input) || --_left[input.Index] > 0 || !IsKept(input) || _rows[input.Index] is not { } rows) continue;
            Complete(input.Index);
            _sink!.Accumulate(input.Leaf!, rows, _cotangents[input.Index]);
            Release(input.Index);
        }
    }

    private bool IsKept(Node node) => node.Leaf is not null && _sink is not null && !_collected[node.Index];

    /// <summary>False at a collected node below which nothing is wanted: its rule need not run.</summary>
    private bool NeedsAny(Node node)
    {
        for (int i = 0; i < node.InputCount; i++)
        {
            if (Needs(node.Inputs[i])) return true;
        }

        return false;
    }

    /// <summary>Whether a sweep value has one reader left.</summary>
    public static bool CanWrite(Node node) => node.Scratch && node.Holds == 1 && node.Buffer.IsSole;

    private static Tensor Copy(Tensor source)
    {
        Node copy = Tensor.Allocate(source.Shape);
        source.Span.CopyTo(copy.Span);
        return new Tensor(copy);
    }
}
