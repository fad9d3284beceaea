using Polymath.Tensors;

namespace Polymath.Merging.TaskVectors;

/// <summary>Runs a network on some rows of a task's data with the weights that it holds right now; recorded on the open tape, so it works for tables, text and images alike.</summary>
/// <param name="rows">The rows, from 0; read before the call returns.</param>
/// <returns>What the caller of the delegate asks for: logits <c>[rows, classes]</c>, or a loss of one element.</returns>
/// <example><code>
/// RowForward logits = rows => head.Forward(encoder.Forward(inputs.GatherRows(IndexTensor.FromArray(rows))));
/// </code></example>
public delegate Tensor RowForward(ReadOnlySpan<int> rows);
