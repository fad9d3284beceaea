namespace Polymath.Merging.Twin;

/// <summary>What a <see cref="TwinPredictor"/> made of a batch.</summary>
/// <param name="Output">The network's outputs, <c>[rows, outputs]</c> row-major.</param>
/// <param name="Mixture">w, <c>[rows, tasks]</c> row-major.</param>
/// <param name="HeadTasks">Whose head, and whose tensors that are not merged, each row gets.</param>
public sealed record TwinPrediction(float[] Output, float[] Mixture, int[] HeadTasks);
