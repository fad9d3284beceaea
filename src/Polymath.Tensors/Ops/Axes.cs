namespace Polymath.Tensors.Ops;

/// <summary>Axis arguments, checked with the name of the operation in the message.</summary>
internal static class Axes
{
    /// <summary>Turns -1 .. -rank into 0 .. rank-1.</summary>
    /// <exception cref="TensorException">The axis does not exist.</exception>
    public static int Normalize(in Shape shape, int axis, string operation)
    {
        int positive = axis < 0 ? axis + shape.Rank : axis;
        if ((uint)positive < (uint)shape.Rank) return positive;
        throw new TensorException(shape.Rank == 0
            ? $"{operation}: axis {axis} does not exist in shape [], which has none."
            : $"{operation}: axis {axis} does not exist in shape {shape}, expected {-shape.Rank} to {shape.Rank - 1}.");
    }
}
