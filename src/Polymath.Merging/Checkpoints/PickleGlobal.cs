namespace Polymath.Merging.Checkpoints;

/// <summary>A name of a class or function in a pickle; it stands for nothing but itself and is never looked up.</summary>
/// <param name="Name">Module and name, such as <c>torch._utils._rebuild_tensor_v2</c>.</param>
internal sealed record PickleGlobal(string Name);
