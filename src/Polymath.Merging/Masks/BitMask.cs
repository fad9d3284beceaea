using System.Numerics;

namespace Polymath.Merging.Masks;

/// <summary>A yes or no per weight, eight to a byte: the first is the most significant bit of byte 0, the last byte is padded with zeros (as numpy's packbits).</summary>
/// <example><code>
/// var mask = new BitMask(10) { [0] = true, [9] = true };
/// byte[] bytes = mask.Bytes.ToArray();      // 0x80, 0x40
/// </code></example>
public sealed class BitMask
{
    private readonly byte[] _bytes;

    /// <summary>A mask of no weights.</summary>
    /// <param name="length">Number of weights, 0 or more.</param>
    public BitMask(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        _bytes = new byte[BytesOf(length)];
    }

    /// <summary>A mask from its bytes, which are copied.</summary>
    /// <param name="bytes">As many as <paramref name="length"/> asks for.</param>
    /// <param name="length">Number of weights.</param>
    /// <exception cref="MergeException">There are more or fewer bytes than that, or the padding is not zero.</exception>
    public BitMask(ReadOnlySpan<byte> bytes, long length)
        : this(length)
    {
        if (bytes.Length != _bytes.Length) throw new MergeException($"found {bytes.Length} bytes of mask, expected {_bytes.Length} for {length} weights; the mask belongs to another model.");
        bytes.CopyTo(_bytes);
        if (length % 8 != 0 && (_bytes[^1] & (0xFF >> (int)(length % 8))) != 0) throw new MergeException($"the bits of a mask after weight {length} are not zero; the mask belongs to another model or is damaged.");
    }

    /// <summary>Number of weights.</summary>
    public long Length { get; }

    /// <summary>The packed bits.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Number of weights that are kept.</summary>
    public long Ones
    {
        get
        {
            long ones = 0;
            foreach (byte packed in _bytes) ones += BitOperations.PopCount(packed);
            return ones;
        }
    }

    /// <summary>The share of weights that are kept, in [0, 1].</summary>
    public double Density => Length == 0 ? 0 : (double)Ones / Length;

    /// <summary>Whether a weight is kept.</summary>
    /// <param name="index">From 0 to <see cref="Length"/> - 1.</param>
    public bool this[long index]
    {
        get => (_bytes[Checked(index) >> 3] & (0x80 >> (int)(index & 7))) != 0;
        set
        {
            int bit = 0x80 >> (int)(index & 7);
            ref byte place = ref _bytes[Checked(index) >> 3];
            place = (byte)(value ? place | bit : place & ~bit);
        }
    }

    /// <summary>Bytes of a mask.</summary>
    /// <param name="length">Number of weights.</param>
    public static long BytesOf(long length) => (length + 7) / 8;

    private long Checked(long index) => (ulong)index < (ulong)Length ? index : throw new ArgumentOutOfRangeException(nameof(index), index, $"expected a weight from 0 to {Length - 1}.");
}
