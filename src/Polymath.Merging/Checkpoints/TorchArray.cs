using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Checkpoints;

/// <summary>A tensor as a pickle describes it: a view of a storage.</summary>
/// <param name="Storage">The storage.</param>
/// <param name="Type">The element type.</param>
/// <param name="Offset">The first element in the storage.</param>
/// <param name="Shape">The dimensions.</param>
/// <param name="Strides">Elements between neighbours along each dimension.</param>
internal sealed record TorchArray(TorchStorage Storage, SafetensorsType Type, long Offset, long[] Shape, long[] Strides);
