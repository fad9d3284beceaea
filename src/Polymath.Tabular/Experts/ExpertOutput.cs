using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>What one expert answers on some rows.</summary>
/// <param name="Level">Layer of the expert, from 0.</param>
/// <param name="Name">Its name, as in <see cref="GateUse.Experts"/>: "shared.1", "income.0" (a task's own).</param>
/// <param name="Owner">Who can use it.</param>
/// <param name="OwnerName">The task or group whose expert it is; null for a shared one.</param>
/// <param name="Values">The outputs, <c>[rows, width]</c>. A copy that outlives the tape.</param>
public sealed record ExpertOutput(int Level, string Name, ExpertOwner Owner, string? OwnerName, Tensor Values);
