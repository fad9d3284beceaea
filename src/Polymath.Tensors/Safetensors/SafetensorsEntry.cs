using System.Runtime.InteropServices;

namespace Polymath.Tensors.Safetensors;

/// <summary>One tensor to write: what the header says, and how its bytes are produced when their turn comes.</summary>
/// <param name="Name">The tensor's name; any text but <c>__metadata__</c>.</param>
/// <param name="Type">The element type.</param>
/// <param name="Shape">Row-major dimensions; empty for a scalar.</param>
/// <param name="WriteData">Writes exactly the bytes that type and shape ask for, little-endian.</param>
public sealed record SafetensorsEntry(string Name, SafetensorsType Type, IReadOnlyList<long> Shape, Action<Stream> WriteData)
{
    private const int PieceElements = 1 << 16;

    /// <summary>An entry whose bytes are given as they are to stand in the file.</summary>
    public static SafetensorsEntry FromBytes(string name, SafetensorsType type, IReadOnlyList<long> shape, ReadOnlyMemory<byte> bytes)
        => new(name, type, shape, stream => stream.Write(bytes.Span));

    /// <summary>An entry of singles, converted piece by piece while they are written (rounding to nearest even).</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="shape">Row-major dimensions.</param>
    /// <param name="values">The elements; they must not change before they are written.</param>
    /// <param name="type">F32, F16, BF16 or F64.</param>
    public static SafetensorsEntry FromFloat32(string name, IReadOnlyList<long> shape, ReadOnlyMemory<float> values, SafetensorsType type = SafetensorsType.F32)
    {
        if (type is not (SafetensorsType.F32 or SafetensorsType.F16 or SafetensorsType.BF16 or SafetensorsType.F64))
            throw new ArgumentException($"Tensor '{name}': singles cannot be written as {type.HeaderName()}; use F32, F16, BF16 or F64.", nameof(type));
        return new(name, type, shape, stream => WriteFloats(stream, values.Span, type));
    }

    /// <summary>Converts singles to the bytes of a floating-point type.</summary>
    internal static void WriteFloats(Stream stream, ReadOnlySpan<float> values, SafetensorsType type)
    {
        if (type == SafetensorsType.F32)
        {
            while (!values.IsEmpty)
            {
                ReadOnlySpan<float> piece = values[..Math.Min(values.Length, PieceElements)];
                stream.Write(MemoryMarshal.AsBytes(piece));
                values = values[piece.Length..];
            }

            return;
        }

        int width = type.Bits() / 8;
        byte[] buffer = new byte[Math.Min(values.Length, PieceElements) * width];
        while (!values.IsEmpty)
        {
            ReadOnlySpan<float> piece = values[..Math.Min(values.Length, PieceElements)];
            Span<byte> bytes = buffer.AsSpan(0, piece.Length * width);
            ElementWriting.ToBytes(piece, type, bytes);
            stream.Write(bytes);
            values = values[piece.Length..];
        }
    }
}
