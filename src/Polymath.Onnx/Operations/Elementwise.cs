using Polymath.Onnx.Format;
using Polymath.Tensors.Kernels;

namespace Polymath.Onnx.Operations;

/// <summary>Operations on single elements that have settings.</summary>
internal static class Elementwise
{
    /// <summary>a x + c.</summary>
    public static string Affine(OperationContext context)
    {
        float scale = context.Step.Single(static node => node.X), shift = context.Step.Single(static node => node.Y);
        string value = context.Input(0);
        if (scale != 1f) value = context.Graph.Add("Mul", [value, context.Graph.Scalar(scale)]);
        return scale == 1f || shift != 0f ? context.Graph.Add("Add", [value, context.Graph.Scalar(shift)]) : value;
    }

    /// <summary>min(max(x, low), high).</summary>
    public static string Clamp(OperationContext context)
        => context.Graph.Add("Clip", [context.Input(0), context.Graph.Scalar(context.Step.Single(static node => node.X)), context.Graph.Scalar(context.Step.Single(static node => node.Y))]);

    /// <summary>x to a fixed power.</summary>
    public static string Power(OperationContext context) => context.Graph.Add("Pow", [context.Input(0), context.Graph.Scalar(context.Step.Single(static node => node.X))]);

    /// <summary>1 where a comparison holds.</summary>
    public static string Comparison(OperationContext context)
    {
        string name = (BinaryKind)context.Step.Integer(static node => node.A) switch
        {
            BinaryKind.Equal => "Equal",
            BinaryKind.Less => "Less",
            BinaryKind.LessOrEqual => "LessOrEqual",
            BinaryKind.Greater => "Greater",
            BinaryKind.GreaterOrEqual => "GreaterOrEqual",
            BinaryKind other => throw new OnnxException($"the comparison {other} has no counterpart in an ONNX graph here."),
        };
        return context.Graph.Cast(context.Same(name), OnnxType.Single);
    }

    /// <summary>One of two values by a mask.</summary>
    public static string Where(OperationContext context)
        => context.Graph.Add("Where", [context.Graph.Cast(context.Saved(0)!, OnnxType.Boolean), context.Input(0), context.Input(1)]);
}
