using System.Runtime.InteropServices;

namespace Polymath.Merging.Sparsifying;

/// <summary>Bits that order singles of both signs as whole numbers: those of negative numbers inverted, the sign bit of the others set.</summary>
internal static class OrderedBits
{
    private const uint Sign = 0x80000000;

    /// <summary>Replaces numbers by their ordered bits.</summary>
    public static void Encode(Span<float> values)
    {
        foreach (ref uint bits in MemoryMarshal.Cast<float, uint>(values)) bits ^= (uint)((int)bits >> 31) | Sign;
    }

    /// <summary>The number of ordered bits.</summary>
    public static float Decode(uint bits) => BitConverter.UInt32BitsToSingle((bits & Sign) != 0 ? bits ^ Sign : ~bits);
}
