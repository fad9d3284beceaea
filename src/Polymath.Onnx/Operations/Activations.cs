using Polymath.Onnx.Graphs;
using Polymath.Tensors;

namespace Polymath.Onnx.Operations;

/// <summary>Activations, as operations of their own and at the end of a product.</summary>
internal static class Activations
{
    /// <summary>f(x).</summary>
    public static string Apply(GraphBuilder graph, string value, Activation activation) => activation switch
    {
        Activation.Identity => value,
        Activation.Relu => graph.Add("Relu", [value]),
        Activation.Gelu => Gelu(graph, value),
        Activation.GeluTanh => GeluTanh(graph, value),
        Activation.Silu => Silu(graph, value),
        Activation.Sigmoid => graph.Add("Sigmoid", [value]),
        Activation.Tanh => graph.Add("Tanh", [value]),
        _ => throw new OnnxException($"the activation {activation} has no counterpart in an ONNX graph here."),
    };

    /// <summary>x sigmoid(x).</summary>
    public static string Silu(GraphBuilder graph, string value) => graph.Add("Mul", [value, graph.Add("Sigmoid", [value])]);

    /// <summary>x (1 + erf(x / sqrt 2)) / 2.</summary>
    public static string Gelu(GraphBuilder graph, string value)
    {
        string erf = graph.Add("Erf", [graph.Add("Mul", [value, graph.Scalar(0.70710678f)])]);
        return graph.Add("Mul", [graph.Add("Mul", [value, graph.Scalar(0.5f)]), graph.Add("Add", [erf, graph.Scalar(1f)])]);
    }

    /// <summary>x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2.</summary>
    public static string GeluTanh(GraphBuilder graph, string value)
    {
        string cubic = graph.Add("Mul", [graph.Add("Mul", [value, value]), graph.Add("Mul", [value, graph.Scalar(0.044715f)])]);
        string tanh = graph.Add("Tanh", [graph.Add("Mul", [graph.Add("Add", [value, cubic]), graph.Scalar(0.79788456f)])]);
        return graph.Add("Mul", [graph.Add("Mul", [value, graph.Scalar(0.5f)]), graph.Add("Add", [tanh, graph.Scalar(1f)])]);
    }
}
