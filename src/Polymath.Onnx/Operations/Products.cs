using Polymath.Onnx.Format;
using Polymath.Onnx.Graphs;
using Polymath.Onnx.Tracing;
using Polymath.Tensors;

namespace Polymath.Onnx.Operations;

/// <summary>Operations that are matrix products.</summary>
internal static class Products
{
    /// <summary>f(x W^T + b).</summary>
    public static string Linear(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        string product = context.ShapeOf(0).Length == 2
            ? graph.Add("Gemm", context.InputsFrom(0), new OnnxAttribute("transB", 1))
            : graph.Add("MatMul", [context.Input(0), graph.Transpose(context.Input(1), 2)]);
        if (context.ShapeOf(0).Length != 2 && context.InputCount > 2) product = graph.Add("Add", [product, context.Input(2)]);
        return Activations.Apply(graph, product, (Activation)context.Step.Integer(static node => node.A));
    }

    /// <summary>gelu(x W1^T + b1) W2^T + b2.</summary>
    public static string FeedForward(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        return Map(Activations.Gelu(graph, Map(context.Input(0), 1)), 3);

        string Map(string value, int weight) => graph.Add("Add", [graph.Add("MatMul", [value, graph.Transpose(context.Input(weight), 2)]), context.Input(weight + 1)]);
    }

    /// <summary>f(x_g W_g^T + b_g) for slices of the columns.</summary>
    public static string GroupedLinear(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        int groups = context.Step.Integer(static node => node.A);
        bool hasBias = context.InputCount > 1 + groups;
        string[] parts = groups == 1 ? [context.Input(0)] : graph.Split(context.Input(0), groups);
        for (int g = 0; g < groups; g++)
        {
            string weight = context.Input(1 + g);
            parts[g] = graph.Add("Gemm", hasBias ? [parts[g], weight, context.Input(1 + groups + g)] : [parts[g], weight], new OnnxAttribute("transB", 1));
        }

        string joined = groups == 1 ? parts[0] : graph.Add("Concat", parts, new OnnxAttribute("axis", 1));
        return Activations.Apply(graph, joined, (Activation)context.Step.Integer(static node => node.B));
    }

    /// <summary>The product of the last two axes, either transposed.</summary>
    public static string MatMul(OperationContext context)
    {
        string left = context.Input(0), right = context.Input(1);
        if (context.Step.Integer(static node => node.A) == 1) left = context.Graph.Transpose(left, context.ShapeOf(0).Length);
        if (context.Step.Integer(static node => node.B) == 1) right = context.Graph.Transpose(right, context.ShapeOf(1).Length);
        return context.Graph.Add("MatMul", [left, right]);
    }

    /// <summary>The sum over e of gate_e f_e, which is the product of a row of gates with a matrix of experts.</summary>
    public static string Mixture(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        Dimension rows = context.Shape[0], width = context.Shape[1], experts = context.ShapeOf(0)[1], one = new(1, 0);
        string[] banks = context.InputsFrom(1);
        string all = banks.Length == 1 ? banks[0] : graph.Add("Concat", banks, new OnnxAttribute("axis", 1));
        string product = graph.Add("MatMul", [graph.Reshape(context.Input(0), rows, one, experts), graph.Reshape(all, rows, experts, width)]);
        return graph.Reshape(product, rows, width);
    }
}
