using Polymath.Onnx.Format;
using Polymath.Onnx.Graphs;

namespace Polymath.Onnx.Operations;

/// <summary>Normalisations over the last axis.</summary>
internal static class Normalisations
{
    /// <summary>(x - mean) / sqrt(var + eps) gamma + beta.</summary>
    public static string LayerNorm(OperationContext context)
        => context.Graph.Add("LayerNormalization", context.InputsFrom(0), new OnnxAttribute("axis", -1), new OnnxAttribute("epsilon", context.Step.Single(static node => node.X)));

    /// <summary>x / sqrt(mean x^2 + eps) gamma.</summary>
    public static string RmsNorm(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        string x = context.Input(0);
        string square = graph.Add("ReduceMean", [graph.Add("Mul", [x, x])], new OnnxAttribute("axes", [-1]), new OnnxAttribute("keepdims", 1));
        string root = graph.Add("Sqrt", [graph.Add("Add", [square, graph.Scalar(context.Step.Single(static node => node.X))])]);
        return graph.Add("Mul", [graph.Add("Div", [x, root]), context.Input(1)]);
    }
}
