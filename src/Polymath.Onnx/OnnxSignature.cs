namespace Polymath.Onnx;

/// <summary>What a written file takes and gives.</summary>
/// <param name="Inputs">What a caller gives, in order.</param>
/// <param name="Outputs">What a caller gets, in order.</param>
/// <param name="Bytes">Size of the file.</param>
public sealed record OnnxSignature(IReadOnlyList<OnnxPort> Inputs, IReadOnlyList<OnnxPort> Outputs, long Bytes);
