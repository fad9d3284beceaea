using Polymath.Onnx.Format;

namespace Polymath.Onnx.Operations;

/// <summary>Operations that look along an axis.</summary>
internal static class Reductions
{
    /// <summary>Sum over one axis.</summary>
    public static string Sum(OperationContext context)
        => context.Graph.Add("ReduceSum", [context.Input(0), context.Graph.List(context.Step.Integer(static node => node.A))], KeepsAxis(context));

    /// <summary>Largest element over one axis.</summary>
    public static string Max(OperationContext context)
        => context.Graph.Add("ReduceMax", [context.Input(0)], new OnnxAttribute("axes", [context.Step.Integer(static node => node.A)]), KeepsAxis(context));

    /// <summary>ln of the sum of e^x over the last axis, which stays.</summary>
    public static string LogSumExp(OperationContext context) => context.Graph.Add("ReduceLogSumExp", [context.Input(0)], new OnnxAttribute("axes", [-1]), new OnnxAttribute("keepdims", 1));

    /// <summary>An operation whose only setting is the axis.</summary>
    public static string OverLastAxis(OperationContext context, string operation) => context.Graph.Add(operation, [context.Input(0)], new OnnxAttribute("axis", -1));

    /// <summary>Running sum along one axis.</summary>
    public static string CumulativeSum(OperationContext context)
        => context.Graph.Add("CumSum", [context.Input(0), context.Graph.Scalar((long)context.Step.Integer(static node => node.A))], new OnnxAttribute("reverse", context.Step.Integer(static node => node.Flag ? 1 : 0)));

    private static OnnxAttribute KeepsAxis(OperationContext context) => new("keepdims", context.Shape.Length == context.ShapeOf(0).Length ? 1 : 0);
}
