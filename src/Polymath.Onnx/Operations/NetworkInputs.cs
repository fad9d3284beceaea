namespace Polymath.Onnx.Operations;

/// <summary>The names under which a graph holds what a batch is made of; null for what the model does not have.</summary>
/// <param name="Numeric">Numbers, <c>[rows, features]</c>.</param>
/// <param name="Categories">Category ids as 64-bit integers, <c>[rows, fields]</c>.</param>
/// <param name="SequenceIds">Ids of the sequences as 64-bit integers, <c>[rows, longest lengths together]</c>.</param>
/// <param name="SequenceMask">1 where the ids hold an item, of the same shape.</param>
internal sealed record NetworkInputs(string? Numeric, string? Categories, string? SequenceIds, string? SequenceMask);
