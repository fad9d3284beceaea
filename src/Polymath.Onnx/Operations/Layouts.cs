using Polymath.Onnx.Format;
using Polymath.Onnx.Tracing;

namespace Polymath.Onnx.Operations;

/// <summary>Operations that move elements.</summary>
internal static class Layouts
{
    /// <summary>The same elements in another shape.</summary>
    public static string Reshape(OperationContext context) => context.Graph.Reshape(context.Input(0), context.Shape);

    /// <summary>Axes in another order.</summary>
    public static string Permute(OperationContext context)
        => context.Graph.Permute(context.Input(0), [.. context.Step.Integers(static node => node.SavedShape).Select(axis => (long)axis)]);

    /// <summary>Repeated to a larger shape.</summary>
    public static string BroadcastTo(OperationContext context) => context.Graph.Add("Expand", [context.Input(0), context.Graph.Lengths(context.Shape)]);

    /// <summary>Joined along one axis.</summary>
    public static string Concat(OperationContext context)
        => context.Graph.Add("Concat", context.InputsFrom(0), new OnnxAttribute("axis", context.Step.Integer(static node => node.A)));

    /// <summary>A range along one axis.</summary>
    public static string Slice(OperationContext context)
    {
        int axis = context.Step.Integer(static node => node.A);
        Dimension start = context.Step.Number(static node => node.B);
        string end = context.Graph.Number(context.Step.Number(node => node.B + node.Shape[axis]));
        return context.Graph.Add("Slice", [context.Input(0), context.Graph.Number(start), end, context.Graph.List(axis)]);
    }

    /// <summary>A range among zeros along one axis.</summary>
    public static string Place(OperationContext context)
    {
        int axis = context.Step.Integer(static node => node.A), start = context.Step.Integer(static node => node.B);
        if (context.Shape[axis].FollowsRows) throw new OnnxException("the model places values among the rows of a batch, which has no counterpart in an ONNX graph here.");
        int rank = context.Shape.Length;
        long[] padding = new long[2 * rank];
        padding[axis] = start;
        padding[rank + axis] = context.Shape[axis].Fixed - start - context.ShapeOf(0)[axis].Fixed;
        return context.Graph.Add("Pad", [context.Input(0), context.Graph.List(padding)]);
    }
}
