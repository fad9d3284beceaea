using System.Runtime.InteropServices;

namespace Polymath.Merging.TaskVectors;

/// <summary>
/// The k-th smallest magnitude of any number of elements, exactly, in two passes over them and without holding or sorting them: a radix
/// selection, first on the upper 15 bits of |x| (the exponent and 7 bits of the fraction), then on the lower 16 bits of the elements that share them.
/// </summary>
/// <example><code>
/// var selection = new MagnitudeSelection();
/// foreach (float[] tensor in model) selection.Count(tensor);
/// selection.Narrow(smallest: 800);
/// foreach (float[] tensor in model) selection.Refine(tensor);
/// float threshold = selection.Value;
/// </code></example>
public sealed class MagnitudeSelection
{
    private const int LowBits = 16, HighBuckets = 1 << 15, LowBuckets = 1 << LowBits, FirstInfinite = 0x7F800000 >> LowBits;
    private const uint Magnitude = 0x7FFFFFFF;

    private readonly long[] _buckets = new long[LowBuckets];
    private long _rank;
    private uint _high;
    private bool _narrowed;

    /// <summary>Number of elements counted.</summary>
    public long Elements { get; private set; }

    /// <summary>The first pass: counts elements.</summary>
    /// <param name="values">A tensor, or any part of one.</param>
    public void Count(ReadOnlySpan<float> values)
    {
        if (_narrowed) throw new InvalidOperationException("MagnitudeSelection: all elements are counted before Narrow is called; pass the elements to Refine now.");
        ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(values);
        foreach (uint element in bits) _buckets[(element & Magnitude) >> LowBits]++;
        Elements += values.Length;
    }

    /// <summary>Ends the first pass.</summary>
    /// <param name="smallest">k, from 1 to <see cref="Elements"/>: 1 asks for the smallest magnitude.</param>
    /// <exception cref="MergeException">An element is infinite or no number.</exception>
    public void Narrow(long smallest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(smallest, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(smallest, Elements);
        long wild = 0;
        for (int bucket = FirstInfinite; bucket < HighBuckets; bucket++) wild += _buckets[bucket];
        if (wild > 0) throw new MergeException($"found {wild} NaN or infinite elements, expected finite ones; magnitudes cannot be ranked with them.");
        _rank = smallest;
        while (_rank > _buckets[_high]) _rank -= _buckets[_high++];
        Array.Clear(_buckets);
        _narrowed = true;
    }

    /// <summary>The second pass: counts the elements whose upper bits are those of the answer.</summary>
    /// <param name="values">The same elements as in the first pass, in any order.</param>
    public void Refine(ReadOnlySpan<float> values)
    {
        ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(values);
        foreach (uint element in bits)
        {
            uint magnitude = element & Magnitude;
            if (magnitude >> LowBits == _high) _buckets[magnitude & (LowBuckets - 1)]++;
        }
    }

    /// <summary>The k-th smallest magnitude, after both passes.</summary>
    public float Value
    {
        get
        {
            long rank = _rank;
            uint low = 0;
            while (low < LowBuckets && rank > _buckets[low]) rank -= _buckets[low++];
            return low < LowBuckets && _narrowed
                ? BitConverter.UInt32BitsToSingle((_high << LowBits) | low)
                : throw new InvalidOperationException("MagnitudeSelection: the second pass saw other elements than the first; pass the same ones to Count and to Refine.");
        }
    }
}
