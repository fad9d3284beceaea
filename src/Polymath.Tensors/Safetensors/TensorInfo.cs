namespace Polymath.Tensors.Safetensors;

/// <summary>What the header of a safetensors file says about one tensor.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Type">The element type.</param>
/// <param name="Shape">Row-major dimensions; empty for a scalar; a dimension may be zero.</param>
/// <param name="Offset">Position of the first byte, counted from the start of the file.</param>
/// <param name="Bytes">Number of bytes.</param>
public sealed record TensorInfo(string Name, SafetensorsType Type, IReadOnlyList<long> Shape, long Offset, long Bytes)
{
    /// <summary>Number of elements: the product of the dimensions, 1 for a scalar.</summary>
    public long Elements => Shape.Aggregate(1L, (product, dimension) => product * dimension);

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Type.HeaderName()} [{string.Join(", ", Shape)}]";
}
