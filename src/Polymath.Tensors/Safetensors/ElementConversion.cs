using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Polymath.Tensors.Safetensors;

/// <summary>Converts little-endian elements of a file to and from the types a caller works with.</summary>
internal static class ElementConversion
{
    /// <summary>Converts the bytes of <c>destination.Length</c> elements.</summary>
    public delegate void Converter<T>(ReadOnlySpan<byte> source, Span<T> destination);

    /// <summary>The conversion of a type to singles.</summary>
    public static bool TryGetFloat32(SafetensorsType type, [NotNullWhen(true)] out Converter<float>? converter)
    {
        converter = type switch
        {
            SafetensorsType.F16 => static (source, destination) => TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(source), destination),
            SafetensorsType.BF16 => static (source, destination) => WidenBFloat16(MemoryMarshal.Cast<byte, ushort>(source), destination),
            _ => Standard<float>(type),
        };
        return converter is not null;
    }

    /// <summary>The conversion of a type to doubles.</summary>
    public static bool TryGetFloat64(SafetensorsType type, [NotNullWhen(true)] out Converter<double>? converter)
    {
        converter = type switch
        {
            SafetensorsType.F16 => From<Half, double>,
            SafetensorsType.BF16 => WidenBFloat16ToDouble,
            _ => Standard<double>(type),
        };
        return converter is not null;
    }

    /// <summary>The conversion of an integer or boolean type to 64-bit integers.</summary>
    public static bool TryGetInt64(SafetensorsType type, [NotNullWhen(true)] out Converter<long>? converter)
    {
        converter = type is SafetensorsType.F32 or SafetensorsType.F64 ? null : Standard<long>(type);
        return converter is not null;
    }

    /// <summary>Singles to half precision, rounding to nearest even.</summary>
    public static void ToHalf(ReadOnlySpan<float> source, Span<byte> destination)
        => TensorPrimitives.ConvertToHalf(source, MemoryMarshal.Cast<byte, Half>(destination));

    /// <summary>Singles to doubles, exactly.</summary>
    public static void ToDouble(ReadOnlySpan<float> source, Span<byte> destination)
        => TensorPrimitives.ConvertChecked(source, MemoryMarshal.Cast<byte, double>(destination));

    /// <summary>Singles to brain floats, rounding to nearest even; NaN stays NaN.</summary>
    public static void ToBFloat16(ReadOnlySpan<float> source, Span<byte> destination)
    {
        Span<ushort> target = MemoryMarshal.Cast<byte, ushort>(destination);
        ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(source);
        int i = 0;
        if (Vector.IsHardwareAccelerated)
        {
            for (; i <= source.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
                Vector.Narrow(RoundToBFloat16(new Vector<uint>(bits[i..])), RoundToBFloat16(new Vector<uint>(bits[(i + Vector<uint>.Count)..]))).CopyTo(target[i..]);
        }

        for (; i < source.Length; i++)
            target[i] = float.IsNaN(source[i]) ? (ushort)((bits[i] >> 16) | 0x0040) : (ushort)((bits[i] + 0x7FFF + ((bits[i] >> 16) & 1)) >> 16);
    }

    // Adding half of the dropped unit (less one when the kept part is even) carries exactly when rounding up is right.
    private static Vector<uint> RoundToBFloat16(Vector<uint> bits)
    {
        Vector<uint> upper = Vector.ShiftRightLogical(bits, 16);
        Vector<uint> rounded = Vector.ShiftRightLogical(bits + new Vector<uint>(0x7FFF) + (upper & Vector<uint>.One), 16);
        Vector<uint> isNaN = Vector.GreaterThan(bits & new Vector<uint>(0x7FFFFFFF), new Vector<uint>(0x7F800000));
        return Vector.ConditionalSelect(isNaN, upper | new Vector<uint>(0x0040), rounded);
    }

    private static Converter<T>? Standard<T>(SafetensorsType type)
        where T : unmanaged, INumber<T> => type switch
        {
            SafetensorsType.F32 => From<float, T>,
            SafetensorsType.F64 => From<double, T>,
            SafetensorsType.Bool or SafetensorsType.U8 => From<byte, T>,
            SafetensorsType.I8 => From<sbyte, T>,
            SafetensorsType.I16 => From<short, T>,
            SafetensorsType.U16 => From<ushort, T>,
            SafetensorsType.I32 => From<int, T>,
            SafetensorsType.U32 => From<uint, T>,
            SafetensorsType.I64 => From<long, T>,
            SafetensorsType.U64 => From<ulong, T>,
            _ => null,
        };

    private static void From<TSource, T>(ReadOnlySpan<byte> source, Span<T> destination)
        where TSource : unmanaged, INumber<TSource>
        where T : unmanaged, INumber<T>
    {
        if (typeof(TSource) == typeof(T)) source.CopyTo(MemoryMarshal.AsBytes(destination));
        else TensorPrimitives.ConvertChecked(MemoryMarshal.Cast<byte, TSource>(source), destination);
    }

    private static void WidenBFloat16ToDouble(ReadOnlySpan<byte> source, Span<double> destination)
    {
        ReadOnlySpan<ushort> values = MemoryMarshal.Cast<byte, ushort>(source);
        for (int i = 0; i < values.Length; i++) destination[i] = BitConverter.UInt32BitsToSingle((uint)values[i] << 16);
    }

    private static void WidenBFloat16(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        int i = 0;
        if (Vector.IsHardwareAccelerated)
        {
            Span<uint> bits = MemoryMarshal.Cast<float, uint>(destination);
            for (; i <= source.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
            {
                Vector.Widen(new Vector<ushort>(source[i..]), out Vector<uint> low, out Vector<uint> high);
                Vector.ShiftLeft(low, 16).CopyTo(bits[i..]);
                Vector.ShiftLeft(high, 16).CopyTo(bits[(i + Vector<uint>.Count)..]);
            }
        }

        for (; i < source.Length; i++) destination[i] = BitConverter.UInt32BitsToSingle((uint)source[i] << 16);
    }
}
