using Polymath.Onnx.Format;
using Polymath.Onnx.Graphs;
using Polymath.Onnx.Tracing;

namespace Polymath.Onnx.Operations;

/// <summary>Operations that read ids.</summary>
internal static class Lookups
{
    /// <summary>The rows of every field's table side by side, then the columns.</summary>
    public static string EmbedFields(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        int fields = context.Step.Indices![0].Shape[1];
        string[] parts = context.InputsFrom(0);
        for (int field = 0; field < fields; field++) parts[field] = graph.Add("Gather", [parts[field], context.IndexColumn(field)], new OnnxAttribute("axis", 0));
        return parts.Length == 1 ? parts[0] : graph.Add("Concat", parts, new OnnxAttribute("axis", 1));
    }

    /// <summary>The rows of a table for some columns of the ids, zeros where a saved mask says that there is no id.</summary>
    public static string EmbedList(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        long first = context.Step.Integer(static node => node.A), end = first + context.Shape[1].Fixed;
        string items = graph.Add("Gather", [context.Input(0), Columns(context.Indices())], new OnnxAttribute("axis", 0));
        string present = graph.Add("Unsqueeze", [Columns(context.Saved(0)!), graph.List(2)]);
        return graph.Add("Where", [graph.Cast(present, OnnxType.Boolean), items, graph.Scalar(0f)]);

        string Columns(string value) => graph.Add("Slice", [value, graph.List(first), graph.List(end), graph.List(1)]);
    }

    /// <summary>Slices at indices of one axis.</summary>
    public static string Gather(OperationContext context)
        => context.Graph.Add("Gather", [context.Input(0), context.Indices()], new OnnxAttribute("axis", context.Step.Integer(static node => node.A)));

    /// <summary>One element of the last axis per row.</summary>
    public static string Pick(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        Dimension[] shape = context.Shape;
        string index = graph.Reshape(context.Indices(), [.. shape, new Dimension(1, 0)]);
        return graph.Reshape(graph.Add("GatherElements", [context.Input(0), index], new OnnxAttribute("axis", -1)), shape);
    }

    /// <summary>One field as indicators.</summary>
    public static string Indicator(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        string values = graph.Weight("/indicators", [2], static () => [0f, 1f]);
        return graph.Add("OneHot", [context.IndexColumn(context.Step.Integer(static node => node.A)), graph.Scalar((long)context.Shape[1].Fixed), values], new OnnxAttribute("axis", -1));
    }
}
