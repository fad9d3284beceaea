using Polymath.Onnx.Format;
using Polymath.Onnx.Graphs;
using Polymath.Onnx.Tracing;

namespace Polymath.Onnx.Operations;

/// <summary>softmax(scale Q K^T) V per head, spelled out: the attention operators of runtimes are extensions of their own.</summary>
internal static class Attention
{
    /// <summary>Three inputs, or one that holds queries, keys and values side by side; a mask of [queries, keys] is 1 where blocked.</summary>
    public static string Translate(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        bool packed = context.InputCount == 1;
        string[] parts = packed ? graph.Split(context.Input(0), 3) : context.InputsFrom(0);
        Dimension[] result = context.Shape, keyShape = context.ShapeOf(packed ? 0 : 1), queryShape = context.ShapeOf(0);
        Dimension batch = result[0], queries = result[1], keys = keyShape[1];
        var heads = new Dimension(context.Step.Integer(static node => node.A), 0);
        int width = packed ? queryShape[2].Fixed / 3 : queryShape[2].Fixed;
        Dimension depth = new(width / heads.Fixed, 0), valueDepth = new(result[2].Fixed / heads.Fixed, 0);
        string query = graph.Permute(graph.Reshape(parts[0], batch, queries, heads, depth), 0, 2, 1, 3);
        string key = graph.Permute(graph.Reshape(parts[1], batch, keys, heads, depth), 0, 2, 3, 1);
        string value = graph.Permute(graph.Reshape(parts[2], batch, keys, heads, valueDepth), 0, 2, 1, 3);
        string scaled = graph.Add("Mul", [query, graph.Scalar(context.Step.Single(static node => node.X))]);
        string weights = Weigh(context, Block(context, graph.Add("MatMul", [scaled, key]), queries, keys), batch, keys);
        string mixed = graph.Add("MatMul", [weights, value]);
        return graph.Reshape(graph.Permute(mixed, 0, 2, 1, 3), result);
    }

    /// <summary>The softmax over the keys; padding takes no part, and a query that sees nothing else gets zeros.</summary>
    private static string Weigh(OperationContext context, string scores, Dimension batch, Dimension keys)
    {
        const float Absent = -1e30f;
        GraphBuilder graph = context.Graph;
        if (context.Saved(2) is not { } saved) return Softmax(scores);
        Dimension one = new(1, 0);
        string present = graph.Cast(graph.Reshape(saved, batch, one, one, keys), OnnxType.Boolean);
        return graph.Add("Where", [present, Softmax(graph.Add("Where", [present, scores, graph.Scalar(Absent)])), graph.Scalar(0f)]);

        string Softmax(string values) => graph.Add("Softmax", [values], new OnnxAttribute("axis", -1));
    }

    /// <summary>Minus infinity where a key is blocked.</summary>
    private static string Block(OperationContext context, string scores, Dimension queries, Dimension keys)
    {
        GraphBuilder graph = context.Graph;
        string blocked = graph.Scalar(float.NegativeInfinity);
        if (context.Saved(1) is { } mask) scores = graph.Add("Where", [graph.Cast(mask, OnnxType.Boolean), blocked, scores]);
        if (context.Step.Integer(static node => node.Flag ? 1 : 0) == 0) return scores;
        string later = graph.Add("Trilu", [graph.Add("Expand", [graph.Scalar(1f), graph.Lengths([queries, keys])]), graph.Scalar(1L)], new OnnxAttribute("upper", 1));
        return graph.Add("Where", [graph.Cast(later, OnnxType.Boolean), blocked, scores]);
    }
}
