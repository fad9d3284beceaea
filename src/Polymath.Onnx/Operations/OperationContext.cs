using Polymath.Onnx.Graphs;
using Polymath.Onnx.Tracing;

namespace Polymath.Onnx.Operations;

/// <summary>One operation on its way into a graph: its attributes from the record, the names of its inputs in the graph.</summary>
internal sealed class OperationContext(TracedStep step, GraphBuilder graph, NetworkTranslation network)
{
    /// <summary>The graph to add to.</summary>
    public GraphBuilder Graph => graph;

    /// <summary>The record of the operation.</summary>
    public TracedStep Step => step;

    /// <summary>Number of inputs.</summary>
    public int InputCount => step.InputCount;

    /// <summary>Axes of the result.</summary>
    public Dimension[] Shape => step.Result.Shape;

    /// <summary>The name of an input.</summary>
    public string Input(int index) => network.NameOf(step.Input(index));

    /// <summary>Axes of an input.</summary>
    public Dimension[] ShapeOf(int index) => step.Input(index).Shape;

    /// <summary>The names of inputs from one on.</summary>
    public string[] InputsFrom(int first) => [.. Enumerable.Range(first, step.InputCount - first).Select(Input)];

    /// <summary>The name of a value the rule keeps beside its inputs; null when it keeps none.</summary>
    public string? Saved(int index) => step.Saved(index) is { } value ? network.NameOf(value) : null;

    /// <summary>The name of the ids the rule reads.</summary>
    public string Indices() => network.Ids.NameOf(step.Indices!);

    /// <summary>The name of one column of the ids the rule reads, <c>[rows]</c>.</summary>
    public string IndexColumn(int column) => network.Ids.ColumnOf(step.Indices!, column);

    /// <summary>An operation that computes its result from its inputs alone.</summary>
    public string Same(string operation) => graph.Add(operation, InputsFrom(0));
}
