using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Checkpoints;

/// <summary>A run of elements in a PyTorch file.</summary>
/// <param name="Key">Its name in the file.</param>
/// <param name="Type">The element type; null for a storage of bytes whose tensors say their type.</param>
/// <param name="Elements">Number of elements.</param>
internal sealed record TorchStorage(string Key, SafetensorsType? Type, long Elements);
