using Polymath.Onnx.Format;
using Polymath.Onnx.Graphs;

namespace Polymath.Onnx.Operations;

/// <summary>Normalisations over the last axis.</summary>
internal static class Normalisations
{
    /// <summary>
    /// (x - mean) / sqrt(var + eps) gamma + beta, spelled out: the operator LayerNormalization may compute var as mean x^2 - mean^2, which loses digits
    /// where a row's elements are alike.
    /// </summary>
    public static string LayerNorm(OperationContext context)
    {
        string x = context.Input(0), centred = context.Graph.Add("Sub", [x, Mean(context.Graph, x)]);
        return context.Graph.Add("Add", [Scaled(context, centred), context.Input(2)]);
    }

    /// <summary>x / sqrt(mean x^2 + eps) gamma.</summary>
    public static string RmsNorm(OperationContext context) => Scaled(context, context.Input(0));

    private static string Scaled(OperationContext context, string value)
    {
        GraphBuilder graph = context.Graph;
        string square = Mean(graph, graph.Add("Mul", [value, value])), epsilon = graph.Scalar(context.Step.Single(static node => node.X));
        string inverse = graph.Add("Reciprocal", [graph.Add("Sqrt", [graph.Add("Add", [square, epsilon])])]);
        return graph.Add("Mul", [graph.Add("Mul", [value, inverse]), context.Input(1)]);
    }

    private static string Mean(GraphBuilder graph, string value) => graph.Add("ReduceMean", [value], new OnnxAttribute("axes", [-1]), new OnnxAttribute("keepdims", 1));
}
