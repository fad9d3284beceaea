namespace Polymath.Tensors;

/// <summary>Segments of the forward pass that are computed again in the backward sweep instead of being kept.</summary>
public sealed partial class Tape
{
    [ThreadStatic]
    private static int t_recomputing;

    private readonly List<Segment> _segments = [];
    private readonly List<Node> _reads = [];
    private readonly HashSet<Node> _seen = new(ReferenceEqualityComparer.Instance);

    // The segments running for the first time, the outermost first.
    private readonly List<Segment> _open = [];
    private int _segmentCount;

    /// <summary>True while a segment of <see cref="Checkpoint"/> is run again: what counts batches, such as running statistics, has seen this one.</summary>
    public static bool IsRecomputing => t_recomputing > 0;

    /// <summary>Segments of the record so far.</summary>
    internal int SegmentCount => _segmentCount;

    /// <summary>
    /// Applies a function and keeps nothing of it but its input: the function is run again in the backward sweep, which trades its time for the
    /// memory of its intermediate values (Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016). Gradients have the same bits as
    /// without. Where nothing is recorded the function is simply called.
    /// </summary>
    /// <param name="segment">
    /// Must give the same values again: it may read parameters and other tensors, but nothing that changes before the sweep, and draw random
    /// numbers by tensor operations only (<see cref="Fused.Dropout"/>, <see cref="Tensor.Uniform"/>, <see cref="Tensor.Normal"/>), which are
    /// repeated. Tensors made inside are invalid afterwards, except the result. Keep the delegate for the next step; making one allocates.
    /// </param>
    /// <param name="input">Any tensor.</param>
    /// <returns>What the function returns.</returns>
    /// <exception cref="TensorException">In the sweep: the function gave other values than before, or the sweep is itself recorded.</exception>
    /// <example><code>
    /// Tensor w = Tensor.FromArray([1f, 2f], 2).WithGradient();
    /// using var tape = new Tape();
    /// Tensor y = Tape.Checkpoint(x => (x * w).Tanh() * x, Tensor.Ones(2));
    /// float[] gradient = tape.Gradient(y.Sum(), w).ToArray();   // 1 - tanh(w)^2
    /// </code></example>
    public static Tensor Checkpoint(Func<Tensor, Tensor> segment, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(segment);
        return IsRecording ? t_current!.RunSegment(segment, input) : segment(input);
    }

    /// <summary>Says that an operation is about to draw from a stream.</summary>
    internal static void Draws(RandomStream stream)
    {
        for (Tape? tape = t_current; tape is not null; tape = tape._outer)
        {
            foreach (Segment segment in tape._open) segment.Observe(stream);
        }
    }

    /// <summary>Records the segment behind a checkpoint once more, at the end of the tape.</summary>
    internal Node Rerun(Node checkpoint)
    {
        int first = _nodes.Count;
        (Tape? current, int noGradient, bool inScratch) = (t_current, t_noGradient, _inScratch);
        (t_current, t_noGradient, _inScratch) = (this, 0, false);
        t_recomputing++;
        Node output;
        try
        {
            output = _segments[checkpoint.A].Repeat().Node;
        }
        finally
        {
            t_recomputing--;
            (t_current, t_noGradient, _inScratch) = (current, noGradient, inScratch);
        }

        bool reads = false;
        for (int i = first; i < _nodes.Count; i++) reads |= _nodes[i].Leaf is not null;
        if (reads || !ReferenceEquals(output.Tape, this) || output.Index < first || !SameBits(output, checkpoint))
            throw new TensorException($"Checkpoint: a segment with result {checkpoint.Shape} gave another result {output.Shape} when it was run again; it must depend on nothing that changes, and draw random numbers by tensor operations only.");
        Share(output, checkpoint);
        return output;
    }

    /// <summary>Forgets what was recorded from a node and a segment on.</summary>
    internal void Truncate(int first, int firstSegment)
    {
        for (int i = first; i < _nodes.Count; i++)
        {
            Node node = _nodes[i];
            if (node.Leaf is { } leaf) _aliases.Remove(leaf);
            Recycle(node);
        }

        _nodes.RemoveRange(first, _nodes.Count - first);
        ClearSegments(firstSegment);
    }

    /// <summary>Lets a value live in the memory of an equal one instead of its own.</summary>
    private static void Share(Node node, Node equal)
    {
        equal.Buffer.Hold();
        node.Buffer.Release();
        (node.Buffer, node.Offset) = (equal.Buffer, equal.Offset);
    }

    private static bool SameBits(Node a, Node b)
        => a.Shape == b.Shape && System.Runtime.InteropServices.MemoryMarshal.AsBytes(a.Span).SequenceEqual(System.Runtime.InteropServices.MemoryMarshal.AsBytes(b.Span));

    private Tensor RunSegment(Func<Tensor, Tensor> function, Tensor input)
    {
        int first = _nodes.Count, number = _segmentCount++;
        if (number == _segments.Count) _segments.Add(new Segment());
        Segment segment = _segments[number];
        segment.Begin(function, input);
        _open.Add(segment);
        Tensor output;
        try
        {
            output = segment.Run();
        }
        finally
        {
            _open.RemoveAt(_open.Count - 1);
        }

        // Segments inside this one will be made again with it.
        ClearSegments(number + 1);
        Fold(output.Node, first, number);
        return output;
    }

    /// <summary>Replaces what was recorded from <paramref name="first"/> on by one node that reads all that was read from before.</summary>
    private void Fold(Node output, int first, int number)
    {
        for (int i = first; i < _nodes.Count; i++)
        {
            Node node = _nodes[i];
            foreach (Node input in node.Inputs.AsSpan(0, node.InputCount))
            {
                if (input.RequiresGradient && (input.Index < first || input.Leaf is not null) && _seen.Add(input)) _reads.Add(input);
            }
        }

        // The aliases of parameters move down and the result comes after them; a node's number is its place.
        bool isNew = ReferenceEquals(output.Tape, this) && output.Index >= first;
        int count = first;
        for (int i = first; i < _nodes.Count; i++)
        {
            Node node = _nodes[i];
            if (node.Leaf is not null) Move(node, count++);
            else if (!ReferenceEquals(node, output)) Recycle(node);
        }

        if (isNew) Move(output, count++);
        _nodes.RemoveRange(count, _nodes.Count - count);
        if (isNew && output.Op is not null)
        {
            WithoutHistory(output);
            (output.Index, output.A) = (count - 1, number);
            output.RequiresGradient = _reads.Count > 0;
            if (output.RequiresGradient)
            {
                output.Op = Ops.Checkpoint.Rule;
                output.SetInputs(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_reads));
            }
        }

        _reads.Clear();
        _seen.Clear();
    }

    private void Move(Node node, int index)
    {
        node.Index = index;
        _nodes[index] = node;
    }

    private void ClearSegments(int first)
    {
        for (int i = first; i < _segments.Count && i < _segmentCount; i++) _segments[i].End();
        _segmentCount = Math.Min(_segmentCount, first);
    }
}
