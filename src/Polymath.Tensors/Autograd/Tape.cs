namespace Polymath.Tensors;

/// <summary>
/// The record of one forward pass and the owner of every buffer made during it. While a tape is open on a thread, operations on
/// tensors that need gradients are recorded on it and all results live in its pooled memory; disposing it (or
/// <see cref="Reset"/>) gives the memory back, and a handle used after that throws.
/// </summary>
/// <example><code>
/// Tensor w = Tensor.FromArray([1f, 2f], 2).WithGradient();
/// using var tape = new Tape();
/// Tensor loss = (w * w).Sum();
/// float[] gradient = tape.Gradient(loss, w).ToArray();   // 2w = [2, 4]
/// </code></example>
public sealed partial class Tape : IDisposable
{
    [ThreadStatic]
    private static Tape? t_current;

    [ThreadStatic]
    private static int t_noGradient;

    private readonly Tape? _outer;
    private readonly List<Node> _nodes = [];
    private readonly List<Node> _scratch = [];
    private readonly Stack<Node> _free = [];
    private readonly Dictionary<Node, Node> _aliases = new(ReferenceEqualityComparer.Instance);
    private readonly BackwardPass _pass;
    private bool _inScratch;
    private bool _disposed;

    /// <summary>Opens a tape on this thread; the previous one, if any, is current again after <see cref="Dispose"/>.</summary>
    public Tape()
    {
        _pass = new BackwardPass(this);
        _outer = t_current;
        t_current = this;
    }

    /// <summary>The tape open on this thread, or null.</summary>
    public static Tape? Current => t_current;

    /// <summary>False inside <see cref="NoGradient"/>.</summary>
    public static bool IsRecording => t_current is not null && t_noGradient == 0;

    /// <summary>Number of recorded values.</summary>
    public int Count => _nodes.Count;

    internal InputArrays InputArrays { get; } = new();

    /// <summary>Told about every operation while it is not null, recorded or not.</summary>
    internal OperationTrace? Trace { get; set; }

    internal Node this[int index] => _nodes[index];

    /// <summary>The nodes that stand for leaves and values made elsewhere.</summary>
    internal Dictionary<Node, Node>.ValueCollection Aliases => _aliases.Values;

    /// <summary>Suspends recording on this thread until disposed: <c>using (Tape.NoGradient()) { ... }</c>.</summary>
    public static NoGradientScope NoGradient()
    {
        t_noGradient++;
        return default;
    }

    /// <summary>Forgets the record and gives all memory back; handles made so far become invalid. Cheaper than a new tape.</summary>
    public void Reset()
    {
        EndRecord(keepStarts: false);
        foreach (Node node in _kept) Recycle(node);
        _kept.Clear();
    }

    /// <summary>Gives all memory back and makes the outer tape current again.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        Reset();
        if (ReferenceEquals(t_current, this)) t_current = _outer;
    }

    internal static void EndNoGradient() => t_noGradient--;

    /// <summary>A fresh node with its own buffer.</summary>
    internal Node Allocate(in Shape shape)
    {
        Buffer buffer = BufferPool.Rent(shape.Length);
        return Attach(buffer, 0, shape);
    }

    /// <summary>A node that looks at an existing buffer.</summary>
    internal Node View(Node source, int offset, in Shape shape) => Attach(source.Buffer, source.Offset + offset, shape);

    /// <summary>The node of this tape that stands for a value: itself, or an alias when it was made elsewhere.</summary>
    internal Node Enter(Node node)
    {
        if (ReferenceEquals(node.Tape, this)) return node.Index >= 0 || node.Scratch ? node : throw new TensorException("a tensor of a finished sweep was used.");
        if (_aliases.TryGetValue(node, out Node? alias)) return alias;
        bool wasInScratch = _inScratch;
        _inScratch = false;
        alias = Attach(node.Buffer, node.Offset, node.Shape);
        _inScratch = wasInScratch;
        alias.RequiresGradient = node.RequiresGradient;
        alias.Leaf = node;
        _aliases[node] = alias;
        return alias;
    }

    internal void Adopt(Node node)
    {
        if (!node.Scratch) return;
        node.Scratch = false;
        node.Index = _nodes.Count;
        _nodes.Add(node);
    }

    internal void ReleaseScratch()
    {
        foreach (Node node in _scratch)
        {
            if (node.Scratch && node.Holds == 0) Recycle(node);
        }

        _scratch.Clear();
    }

    internal void Recycle(Node node)
    {
        Discard(node);
        node.Clear();
        _free.Push(node);
    }

    private Node Attach(Buffer buffer, int offset, in Shape shape)
    {
        if (!_free.TryPop(out Node? node)) node = new Node();
        node.Tape = this;
        node.Buffer = buffer;
        node.Offset = offset;
        node.Shape = shape;
        buffer.Hold();
        if (_inScratch)
        {
            node.Scratch = true;
            _scratch.Add(node);
        }
        else
        {
            node.Index = _nodes.Count;
            _nodes.Add(node);
        }

        return node;
    }

    internal Node? Find(Node node) => ReferenceEquals(node.Tape, this) ? node : _aliases.GetValueOrDefault(node);

    private Node OnTape(Tensor tensor, string role)
    {
        Node? node = Find(tensor.Node);
        if (node is null || node.Index < 0) throw new TensorException($"Tape: {role} of shape {tensor.Shape} was not recorded on this tape.");
        return node;
    }

    /// <summary>Ends a <see cref="NoGradient"/> region.</summary>
    public readonly ref struct NoGradientScope : IDisposable
    {
        /// <summary>Resumes recording.</summary>
        public void Dispose() => EndNoGradient();
    }

    /// <summary>While a sweep is not recorded its values are scratch, returned to the pool rule by rule.</summary>
    private readonly ref struct SweepScope : IDisposable
    {
        private readonly Tape _tape;
        private readonly bool _record;
        private readonly bool _wasInScratch;

        public SweepScope(Tape tape, bool record)
        {
            _tape = tape;
            _record = record;
            _wasInScratch = tape._inScratch;
            if (record) return;
            tape._inScratch = true;
            t_noGradient++;
        }

        public void Dispose()
        {
            _tape._pass.End();
            if (_record) return;
            _tape.ReleaseScratch();
            if (_tape._pass.Releases) _tape.EndRecord(keepStarts: true);
            _tape._inScratch = _wasInScratch;
            t_noGradient--;
        }
    }
}
