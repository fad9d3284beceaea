using System.Runtime.InteropServices;

namespace Polymath.Tensors;

/// <summary>
/// Where each parameter of a model lies in one flat vector: first the parameters that several tasks share, then those that a
/// single task owns. Gradient-balancing rules see only the first part.
/// </summary>
public sealed class ParameterLayout
{
    private readonly Dictionary<Node, Entry> _places = new(ReferenceEqualityComparer.Instance);
    private readonly List<(Tensor Parameter, int Offset)> _parameters = [];
    private readonly List<Entry> _entries = [];

    /// <summary>A layout in the given order.</summary>
    /// <param name="shared">Leaves reached by several tasks.</param>
    /// <param name="own">Leaves reached by one task each.</param>
    /// <exception cref="TensorException">A tensor is listed twice, or belongs to a tape.</exception>
    public ParameterLayout(IEnumerable<Tensor> shared, IEnumerable<Tensor> own)
    {
        SharedCount = Place(shared, isShared: true);
        OwnCount = Place(own, isShared: false);
    }

    /// <summary>Floats in the shared part.</summary>
    public int SharedCount { get; }

    /// <summary>Floats in the part owned by single tasks.</summary>
    public int OwnCount { get; }

    /// <summary>Floats in all.</summary>
    public int Count => SharedCount + OwnCount;

    /// <summary>
    /// Moves the values of all parameters into one contiguous block, in layout order, so that an optimiser sees a single span. The
    /// parameters' handles stay valid and look into the block.
    /// </summary>
    /// <param name="extra">Zeros to append for other trained values.</param>
    /// <returns>The block, <c>[Count + extra]</c>.</returns>
    public Tensor Pack(int extra = 0)
    {
        Tensor block = Tensor.Persistent(new Shape(Count + extra));
        block.Span.Clear();
        foreach ((Tensor parameter, int offset) in _parameters) parameter.MoveInto(block, offset);
        return block;
    }

    /// <summary>Parameters in all.</summary>
    internal int ParameterCount => _entries.Count;

    internal ReadOnlySpan<Entry> Entries => CollectionsMarshal.AsSpan(_entries);

    internal bool TryFind(Node leaf, out Entry entry) => _places.TryGetValue(leaf, out entry);

    private int Place(IEnumerable<Tensor> parameters, bool isShared)
    {
        int offset = 0;
        foreach (Tensor parameter in parameters)
        {
            // Such a value dies with its tape and has no place in a gradient vector; without this its gradient would be zero, silently.
            if (parameter.Node.Tape is not null) throw new TensorException($"ParameterLayout: a parameter of shape {parameter.Shape} was made while a tape was open, expected one made outside; call Keep() on it.");
            var entry = new Entry(_entries.Count, offset, parameter.Shape.Length, isShared);
            if (!_places.TryAdd(parameter.Node, entry)) throw new TensorException($"ParameterLayout: a parameter of shape {parameter.Shape} is listed twice.");
            _entries.Add(entry);
            _parameters.Add((parameter, (isShared ? 0 : SharedCount) + offset));
            offset = checked(offset + parameter.Shape.Length);
        }

        return offset;
    }

    /// <summary>One parameter: its number, its first float in its part of the vector, how many it has, and which part that is.</summary>
    internal readonly record struct Entry(int Index, int Offset, int Length, bool Shared);
}
