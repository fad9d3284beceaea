using System.Runtime.InteropServices;

namespace Polymath.Tensors.Safetensors;

/// <summary>Turns singles into the bytes of a floating-point type, as they stand in a file.</summary>
public static class ElementWriting
{
    /// <summary>Converts, rounding to nearest even; NaN stays NaN.</summary>
    /// <param name="values">The values.</param>
    /// <param name="type">F32, F16, BF16 or F64.</param>
    /// <param name="destination">Receives as many bytes as the values take in that type.</param>
    /// <exception cref="ArgumentException">The type holds no floating-point numbers of these kinds.</exception>
    public static void ToBytes(ReadOnlySpan<float> values, SafetensorsType type, Span<byte> destination)
    {
        switch (type)
        {
            case SafetensorsType.F32: MemoryMarshal.AsBytes(values).CopyTo(destination); break;
            case SafetensorsType.F16: ElementConversion.ToHalf(values, destination); break;
            case SafetensorsType.BF16: ElementConversion.ToBFloat16(values, destination); break;
            case SafetensorsType.F64: ElementConversion.ToDouble(values, destination); break;
            default: throw new ArgumentException($"singles cannot be written as {type.HeaderName()}; use F32, F16, BF16 or F64.", nameof(type));
        }
    }
}
