namespace Polymath.Onnx;

/// <summary>An input or output <c>[rows, Width]</c> of an ONNX file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">"float", "double", "int64" or "string".</param>
/// <param name="Width">Length of its second axis.</param>
public sealed record OnnxPort(string Name, string Type, int Width);
