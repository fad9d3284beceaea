using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Sources;

/// <summary>One tensor of one model, read in pieces as singles: from a file, from memory, or made from other tensors on the fly.</summary>
/// <remarks>Reading is thread-safe, so that blocks of a tensor can be merged in parallel.</remarks>
public abstract class SourceTensor
{
    /// <summary>A tensor of the given name, stored type and shape.</summary>
    /// <param name="name">The name in its model.</param>
    /// <param name="type">The stored element type.</param>
    /// <param name="shape">Row-major dimensions; empty for a scalar.</param>
    protected SourceTensor(string name, SafetensorsType type, IReadOnlyList<long> shape)
    {
        Name = name;
        Type = type;
        Shape = shape;
        Elements = shape.Aggregate(1L, static (product, dimension) => checked(product * dimension));
    }

    /// <summary>The name in its model.</summary>
    public string Name { get; }

    /// <summary>The stored element type.</summary>
    public SafetensorsType Type { get; }

    /// <summary>Row-major dimensions; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Number of elements.</summary>
    public long Elements { get; }

    /// <summary>Whether the elements are numbers that can be averaged (F64, F32, F16, BF16).</summary>
    public bool IsFloatingPoint => Type is SafetensorsType.F64 or SafetensorsType.F32 or SafetensorsType.F16 or SafetensorsType.BF16;

    /// <summary>Reads <c>destination.Length</c> elements from element <paramref name="start"/> on.</summary>
    /// <param name="start">The first element, in row-major order.</param>
    /// <param name="destination">Receives the elements.</param>
    public abstract void Read(long start, Span<float> destination);

    /// <summary>Reads stored bytes, for tensors that are copied as they are.</summary>
    /// <param name="offset">The first byte, from the tensor's first.</param>
    /// <param name="destination">Receives the bytes.</param>
    /// <exception cref="NotSupportedException">The elements are made on the fly, so there are no stored bytes.</exception>
    public virtual void ReadBytes(long offset, Span<byte> destination) => throw new NotSupportedException($"tensor '{Name}' is made on the fly and has no stored bytes.");

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Type.HeaderName()} [{string.Join(", ", Shape)}]";
}
