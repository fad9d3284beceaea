using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Polymath.Tensors.Kernels;

/// <summary>
/// Runs of words of a <see cref="RandomStream"/> by their position alone (Philox4x32-10, Salmon et al. 2011), so that any part of a draw can be
/// made by any thread. Four blocks at a time where the processor multiplies four pairs of words at once.
/// </summary>
internal static unsafe class Philox
{
    /// <summary>Words that a caller draws at a time onto its stack.</summary>
    public const int Run = 1024;

    private const uint Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57, Weyl0 = 0x9E3779B9, Weyl1 = 0xBB67AE85;
    private const int Rounds = 10, Lanes = 4, Together = 4 * Lanes;

    /// <summary>words[i] = word <paramref name="position"/> + i of the stream with a key.</summary>
    public static void Words(ulong key, ulong position, uint* words, int count)
    {
        int i = 0, skipped = (int)(position % Lanes);
        if (skipped > 0) i = Partial(key, position / Lanes, skipped, words, Math.Min(count, Lanes - skipped));
        if (Avx2.IsSupported)
        {
            for (; i + Together <= count; i += Together) FourBlocks(key, (position + (ulong)i) / Lanes, words + i);
        }

        for (; i < count; i += Lanes) Partial(key, (position + (ulong)i) / Lanes, 0, words + i, Math.Min(Lanes, count - i));
    }

    private static int Partial(ulong key, ulong block, int skipped, uint* words, int count)
    {
        uint* lanes = stackalloc uint[Lanes];
        (lanes[0], lanes[1], lanes[2], lanes[3]) = RandomStream.Block(key, block, 0);
        for (int i = 0; i < count; i++) words[i] = lanes[skipped + i];
        return count;
    }

    // Words sit in the low halves of 64-bit lanes, one block to a lane: the product of two low halves is what a round needs, and the high
    // halves may hold anything until the end.
    private static void FourBlocks(ulong key, ulong block, uint* words)
    {
        Vector256<ulong> counter = Vector256.Create(block) + Vector256.Create(0UL, 1UL, 2UL, 3UL);
        Vector256<ulong> x0 = counter, x1 = counter >> 32, x2 = default, x3 = default;
        Vector256<uint> m0 = Vector256.Create((ulong)Multiplier0).AsUInt32(), m1 = Vector256.Create((ulong)Multiplier1).AsUInt32();
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        for (int round = 0; round < Rounds; round++)
        {
            Vector256<ulong> p0 = Avx2.Multiply(m0, x0.AsUInt32()), p1 = Avx2.Multiply(m1, x2.AsUInt32());
            x0 = (p1 >> 32) ^ x1 ^ Vector256.Create((ulong)k0);
            x1 = p1;
            x2 = (p0 >> 32) ^ x3 ^ Vector256.Create((ulong)k1);
            x3 = p0;
            k0 += Weyl0;
            k1 += Weyl1;
        }

        Vector256<ulong> low = Vector256.Create(0xFFFFFFFFUL), first = (x0 & low) | (x1 << 32), second = (x2 & low) | (x3 << 32);
        Vector256<ulong> even = Avx2.UnpackLow(first, second), odd = Avx2.UnpackHigh(first, second);
        Avx2.Permute2x128(even, odd, 0x20).AsUInt32().Store(words);
        Avx2.Permute2x128(even, odd, 0x31).AsUInt32().Store(words + 8);
    }
}
