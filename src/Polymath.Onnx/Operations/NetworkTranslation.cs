using System.Runtime.InteropServices;
using Polymath.Onnx.Graphs;
using Polymath.Onnx.Tracing;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Onnx.Operations;

/// <summary>Writes a traced network into a graph, operation by operation. What does not follow the inputs becomes a constant, parameters under their own names.</summary>
internal sealed class NetworkTranslation
{
    private readonly TracedNetwork _network;
    private readonly GraphBuilder _graph;
    private readonly Dictionary<Node, string> _names = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, string> _parameters = new(ReferenceEqualityComparer.Instance);

    /// <summary>A translation of a network of a model.</summary>
    public NetworkTranslation(TabularModel model, TracedNetwork network, GraphBuilder graph, NetworkInputs inputs)
    {
        (_network, _graph, Ids) = (network, graph, new IndexTranslation(network, graph, inputs));
        foreach ((string name, Learning.Parameter parameter) in model.NamedParameters()) _parameters[parameter.Value.Node] = name;
        ForwardTrace run = network.Runs[0];
        if (inputs.Numeric is { } numeric) _names[run.Batch.Numeric.Node] = numeric;
        if (inputs.SequenceMask is { } mask) _names[run.Batch.SequenceMask.Node] = mask;
    }

    /// <summary>The names of ids.</summary>
    public IndexTranslation Ids { get; }

    /// <summary>Writes everything the outputs need.</summary>
    /// <exception cref="OnnxException">An operation has no counterpart, or a value was computed from the inputs outside of operations.</exception>
    public void Run()
    {
        foreach (int index in _network.Needed())
        {
            TracedStep step = _network.Step(index);
            _names[step.Result.Nodes[0]] = OperationTable.Translate(new OperationContext(step, _graph, this));
        }
    }

    /// <summary>The name of a value in the graph; constants are added when they are first asked for.</summary>
    public string NameOf(TracedValue value)
    {
        Node node = value.Nodes[0];
        int step = _network.StepOf(value);
        if (_names.TryGetValue(node, out string? known)) return known;
        if (step >= 0 && _network.FollowsInput(step)) throw new InvalidOperationException($"{_network.Step(step).Op.Name} is used before it is translated.");
        return _names[node] = AddConstant(value);
    }

    private string AddConstant(TracedValue value)
    {
        Node node = value.Nodes[0];
        if (_parameters.TryGetValue(node, out string? parameter)) return _graph.Weight(parameter, node.Shape.Axis, () => node.Span);
        int follows = Array.FindIndex(value.Shape, axis => axis.FollowsRows);
        float[] kept = follows < 0 ? node.Span.ToArray() : OneOf(node, follows, value.Shape[follows].PerRow, _network.Runs[0].Rows);
        for (int run = 0; run < value.Nodes.Length; run++)
        {
            Node other = value.Nodes[run];
            if (!Repeats(other, follows, follows < 0 ? 1 : other.Shape[follows], kept)) throw new OnnxException($"a value {value.ShapeText} is computed from the inputs by other means than tensor operations (or drawn at random), so an ONNX graph cannot hold it; compute it with tensor operations, or from weights only.");
        }

        Shape shape = follows < 0 ? node.Shape : node.Shape.With(follows, 1);
        if (shape.Rank == 0) return _graph.Scalar(kept[0]);
        string name = _graph.Weight("/constant", shape.Axis, () => kept);
        return follows < 0 ? name : _graph.Add("Expand", [name, _graph.Lengths(value.Shape)]);
    }

    /// <summary>The first slice along an axis.</summary>
    private static float[] OneOf(Node node, int axis, int perRow, int rows)
    {
        int length = perRow * rows, inner = node.Shape.Product(axis + 1, node.Shape.Rank), outer = node.Shape.Product(0, axis);
        float[] kept = new float[outer * inner];
        for (int o = 0; o < outer; o++) node.Span.Slice(o * length * inner, inner).CopyTo(kept.AsSpan(o * inner));
        return kept;
    }

    /// <summary>Whether a value holds the same bits as a slice, repeated along an axis.</summary>
    private static bool Repeats(Node node, int axis, int length, ReadOnlySpan<float> slice)
    {
        int inner = axis < 0 ? slice.Length : node.Shape.Product(axis + 1, node.Shape.Rank), outer = inner == 0 ? 0 : slice.Length / inner;
        for (int o = 0; o < outer; o++)
        {
            ReadOnlySpan<byte> expected = MemoryMarshal.AsBytes(slice.Slice(o * inner, inner));
            for (int i = 0; i < length; i++)
            {
                if (!MemoryMarshal.AsBytes(node.Span.Slice(((o * length) + i) * inner, inner)).SequenceEqual(expected)) return false;
            }
        }

        return true;
    }
}
