namespace Polymath.Onnx.Format;

/// <summary>Types of elements, by the numbers of <c>TensorProto.DataType</c>.</summary>
internal enum OnnxType
{
    /// <summary>32-bit floats.</summary>
    Single = 1,

    /// <summary>64-bit integers.</summary>
    Int64 = 7,

    /// <summary>Strings.</summary>
    Text = 8,

    /// <summary>Truth values.</summary>
    Boolean = 9,

    /// <summary>64-bit floats.</summary>
    Double = 11,
}
