using System.Diagnostics;
using System.Globalization;

namespace Polymath.Tensors;

/// <summary>
/// A dense float32 tensor: row-major, any rank to <see cref="Shape.MaxRank"/>. The struct is a handle; copying it copies no data.
/// A tensor made while a <see cref="Tape"/> is open lives until the tape is reset or disposed (use <see cref="Keep"/> for longer);
/// any other tensor lives as long as something refers to it.
/// </summary>
/// <example><code>
/// Tensor x = Tensor.FromArray([1f, 2f, 3f, 4f], 2, 2);
/// Tensor y = x.MatMul(x.Transpose()) + 1f;
/// Console.WriteLine(y);      // Tensor [2, 2]: 6, 12, 12, 26
/// </code></example>
[DebuggerDisplay("{ToString(),nq}")]
public readonly partial struct Tensor
{
    private readonly Node? _node;
    private readonly int _version;

    internal Tensor(Node node)
    {
        _node = node;
        _version = node.Version;
    }

    /// <summary>True for <c>default(Tensor)</c>, which holds nothing.</summary>
    public bool IsEmpty => _node is null;

    /// <summary>The axis lengths.</summary>
    public Shape Shape => Node.Shape;

    /// <summary>The values, row-major. Writing to a tensor that a tape has recorded changes the gradients it will compute.</summary>
    public Span<float> Span => Node.Span;

    /// <summary>Whether operations on this tensor are recorded.</summary>
    public bool RequiresGradient => Node.RequiresGradient;

    internal Node Node
    {
        get
        {
            if (_node is null) throw new TensorException("an empty tensor (default) was used.");
            if (_node.Version != _version) throw new TensorException("a tensor was used after its tape was reset, disposed or swept for the last time; call Keep() on values that must outlive the record.");
            return _node;
        }
    }

    /// <summary>A copy of the values, row-major.</summary>
    public float[] ToArray() => Span.ToArray();

    /// <summary>The value of a one-element tensor.</summary>
    /// <exception cref="TensorException">There is not exactly one element.</exception>
    public float Item() => Shape.Length == 1 ? Span[0] : throw new TensorException($"Item: shape {Shape} has {Shape.Length} elements, expected one.");

    /// <summary>One element by its indices.</summary>
    /// <exception cref="TensorException">Wrong number of indices or an index out of range.</exception>
    [System.Runtime.CompilerServices.IndexerName("Element")]
    public float this[params ReadOnlySpan<int> indices]
    {
        get
        {
            Shape shape = Shape;
            if (indices.Length != shape.Rank) throw new TensorException($"indexer: {indices.Length} indices for shape {shape}.");
            int at = 0;
            for (int i = 0; i < indices.Length; i++)
            {
                if ((uint)indices[i] >= (uint)shape[i]) throw new TensorException($"indexer: index {indices[i]} is outside axis {i} of shape {shape}.");
                at = (at * shape[i]) + indices[i];
            }

            return Span[at];
        }
    }

    /// <summary>The same values without history: gradients stop here. No copy.</summary>
    public Tensor Detach()
    {
        Node source = Node;
        if (!source.RequiresGradient) return this;
        if (Tape.Current is { } tape) return new Tensor(tape.View(source, 0, source.Shape));
        return new Tensor(new Node { Buffer = source.Buffer, Offset = source.Offset, Shape = source.Shape });
    }

    /// <summary>A copy that belongs to no tape and lives as long as it is referred to.</summary>
    public Tensor Keep()
    {
        Tensor copy = Persistent(Shape);
        Span.CopyTo(copy.Span);
        return copy;
    }

    /// <summary>This tensor as a leaf whose gradient is wanted. No copy.</summary>
    public Tensor WithGradient()
    {
        Node source = Node;
        Node leaf = source.Tape is { } tape ? tape.View(source, 0, source.Shape) : new Node { Buffer = source.Buffer, Offset = source.Offset, Shape = source.Shape };
        leaf.RequiresGradient = true;
        return new Tensor(leaf);
    }

    /// <summary>"Tensor [2, 3]: 1, 2, 3, ..."</summary>
    public override string ToString()
    {
        const int Shown = 8;
        if (IsEmpty) return "Tensor (empty)";
        string values = string.Join(", ", Span[..Math.Min(Shown, Shape.Length)].ToArray().Select(v => v.ToString("G6", CultureInfo.InvariantCulture)));
        return $"Tensor {Shape}: {values}{(Shape.Length > Shown ? ", ..." : "")}";
    }

    /// <summary>Moves the value of a leaf into a place of a larger block, so that an optimiser sees one contiguous span.</summary>
    internal void MoveInto(Tensor block, int offset)
    {
        Node leaf = Node, target = block.Node;
        leaf.Span.CopyTo(target.Span.Slice(offset, leaf.Shape.Length));
        leaf.Buffer = target.Buffer;
        leaf.Offset = target.Offset + offset;
    }

    /// <summary>An uninitialised result: on the current tape if there is one.</summary>
    internal static Node Allocate(in Shape shape) => Tape.Current is { } tape ? tape.Allocate(shape) : Persistent(shape).Node;

    /// <summary>An uninitialised tensor that belongs to no tape.</summary>
    internal static Tensor Persistent(in Shape shape)
        => new(new Node { Buffer = new Buffer(Math.Max(1, shape.Length), isPooled: false), Shape = shape });

    /// <summary>A node that looks at part of another.</summary>
    internal static Node ViewOf(Node source, int offset, in Shape shape) => Tape.Current is { } tape
        ? tape.View(source, offset, shape)
        : new Node { Buffer = source.Buffer, Offset = source.Offset + offset, Shape = shape };

    /// <summary>Finishes an operation: the result joins the tape if an input needs a gradient.</summary>
    internal static Tensor Record(Op op, Node result, params ReadOnlySpan<Node> inputs)
    {
        Tape.Current?.Trace?.Add(op, result, inputs);
        if (!Tape.IsRecording) return new Tensor(result);
        bool needed = false;
        foreach (Node input in inputs) needed |= input.RequiresGradient;
        if (!needed) return new Tensor(result);
        Tape tape = Tape.Current!;
        result.Op = op;
        result.RequiresGradient = true;
        result.SetInputs(inputs);
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i].RequiresGradient) result.Inputs[i] = tape.Enter(inputs[i]);
        }

        return new Tensor(result);
    }
}
