using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Sources;

/// <summary>A tensor of a PyTorch file: a view of a run of elements, which may lie in another order than row by row.</summary>
public sealed class TorchTensor : SourceTensor
{
    private const int PieceElements = 1 << 15;

    private readonly SafeFileHandle _file;
    private readonly long _offset;
    private readonly long[] _strides;
    private readonly int _width;
    private readonly bool _contiguous;

    internal TorchTensor(SafeFileHandle file, string name, SafetensorsType type, long[] shape, long[] strides, long offset)
        : base(name, type, shape)
    {
        (_file, _offset, _strides, _width, _contiguous) = (file, offset, strides, type.Bits() / 8, true);
        long expected = 1;
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            if (shape[i] != 1 && strides[i] != expected) _contiguous = false;
            expected *= shape[i];
        }
    }

    /// <inheritdoc/>
    public override void Read(long start, Span<float> destination)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PieceElements * _width);
        for (int done = 0; done < destination.Length; done += PieceElements)
        {
            Span<float> piece = destination.Slice(done, Math.Min(PieceElements, destination.Length - done));
            Span<byte> bytes = buffer.AsSpan(0, piece.Length * _width);
            ReadBytes((start + done) * _width, bytes);
            Convert(bytes, piece);
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <inheritdoc/>
    public override void ReadBytes(long offset, Span<byte> destination)
    {
        if (_contiguous)
        {
            ReadExactly(_offset + offset, destination);
            return;
        }

        if (offset % _width != 0 || destination.Length % _width != 0) throw new ArgumentException($"tensor '{Name}' does not lie row by row, so only whole elements can be read.", nameof(offset));
        for (int i = 0; i < destination.Length; i += _width)
        {
            long element = (offset + i) / _width, position = 0;
            for (int axis = Shape.Count - 1; axis >= 0; axis--)
            {
                position += element % Shape[axis] * _strides[axis];
                element /= Shape[axis];
            }

            ReadExactly(_offset + (position * _width), destination.Slice(i, _width));
        }
    }

    private void Convert(ReadOnlySpan<byte> bytes, Span<float> values)
    {
        switch (Type)
        {
            case SafetensorsType.F32: MemoryMarshal.Cast<byte, float>(bytes).CopyTo(values); break;
            case SafetensorsType.F16: TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes), values); break;
            case SafetensorsType.F64: TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, double>(bytes), values); break;
            case SafetensorsType.BF16:
                ReadOnlySpan<ushort> upper = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (int i = 0; i < values.Length; i++) values[i] = BitConverter.UInt32BitsToSingle((uint)upper[i] << 16);
                break;
            default: throw new NotSupportedException($"tensor '{Name}' is {Type.HeaderName()}, which is copied as it is and not read as numbers.");
        }
    }

    private void ReadExactly(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int read = RandomAccess.Read(_file, destination, offset);
            if (read == 0) throw new EndOfStreamException($"tensor '{Name}': the file ends early; it was cut off while it was open.");
            destination = destination[read..];
            offset += read;
        }
    }
}
