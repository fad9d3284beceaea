namespace Polymath.Tensors;

/// <summary>A parameter that a single task reaches, within <see cref="TaskGradients.Own"/>.</summary>
/// <param name="Task">The row of the loss that reached it in the last sweep; -1 when none did, and its gradient is zero.</param>
/// <param name="Offset">Its first float.</param>
/// <param name="Length">How many it has.</param>
public readonly record struct OwnPart(int Task, int Offset, int Length);
