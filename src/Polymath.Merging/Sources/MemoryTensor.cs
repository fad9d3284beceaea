using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Sources;

/// <summary>A tensor in memory.</summary>
/// <param name="name">The name in its model.</param>
/// <param name="shape">Row-major dimensions; empty for a scalar.</param>
/// <param name="values">The elements; not copied.</param>
public sealed class MemoryTensor(string name, IReadOnlyList<long> shape, ReadOnlyMemory<float> values) : SourceTensor(name, SafetensorsType.F32, shape)
{
    /// <inheritdoc/>
    public override void Read(long start, Span<float> destination) => values.Span.Slice((int)start, destination.Length).CopyTo(destination);
}
