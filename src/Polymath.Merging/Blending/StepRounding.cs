using System.Numerics.Tensors;
using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Blending;

/// <summary>
/// What happens to intermediate values: nothing (all arithmetic in single precision, one rounding when the result is stored), or rounding
/// to a half type after every step, as a merge does that computes in the type of its files.
/// </summary>
public sealed class StepRounding
{
    private readonly SafetensorsType _type;

    private StepRounding(SafetensorsType type) => _type = type;

    /// <summary>No rounding between steps.</summary>
    public static StepRounding None { get; } = new(SafetensorsType.F32);

    /// <summary>Rounds to a type after every step.</summary>
    /// <param name="type">F16 or BF16; anything wider means no rounding.</param>
    public static StepRounding To(SafetensorsType type) => type is SafetensorsType.F16 or SafetensorsType.BF16 ? new(type) : None;

    /// <summary>Rounds values in place, to nearest even.</summary>
    public void Apply(Span<float> values)
    {
        if (_type == SafetensorsType.BF16)
        {
            for (int i = 0; i < values.Length; i++)
            {
                uint bits = BitConverter.SingleToUInt32Bits(values[i]);
                if (!float.IsNaN(values[i])) values[i] = BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000);
            }
        }
        else if (_type == SafetensorsType.F16)
        {
            Span<Half> half = stackalloc Half[256];
            for (int done = 0; done < values.Length; done += half.Length)
            {
                Span<float> piece = values.Slice(done, Math.Min(half.Length, values.Length - done));
                TensorPrimitives.ConvertToHalf(piece, half[..piece.Length]);
                TensorPrimitives.ConvertToSingle(half[..piece.Length], piece);
            }
        }
    }

    /// <summary>Rounds one value.</summary>
    public float Apply(float value)
    {
        Apply(new Span<float>(ref value));
        return value;
    }

    /// <inheritdoc/>
    public override string ToString() => ReferenceEquals(this, None) ? "none" : _type.HeaderName();
}
