namespace Polymath.Boosting;

/// <summary>
/// How one feature is cut into bins: at most 255 for values and one after them for missing. Bin b of a number holds values up to
/// <see cref="Cuts"/>[b] that are above the cut before it; a category has a bin of its own, and rare ones share one.
/// </summary>
internal sealed class FeatureBins
{
    private readonly int[] _binOfId = [];

    /// <summary>A number.</summary>
    /// <param name="cuts">Upper ends of all bins but the last, ascending.</param>
    /// <param name="hasMissing">Whether a training value is missing.</param>
    public FeatureBins(float[] cuts, bool hasMissing) => (Cuts, Count, HasMissing) = (cuts, cuts.Length + 1, hasMissing);

    /// <summary>A category.</summary>
    /// <param name="binOfId">The bin of every id.</param>
    /// <param name="count">Number of bins.</param>
    /// <param name="hasMissing">Whether a training value is missing.</param>
    public FeatureBins(int[] binOfId, int count, bool hasMissing) => (_binOfId, Cuts, Count, HasMissing) = (binOfId, [], count, hasMissing);

    /// <summary>Upper ends of the bins but the last.</summary>
    public float[] Cuts { get; }

    /// <summary>Bins for values; the missing bin has this number.</summary>
    public int Count { get; }

    /// <summary>Whether a training value is missing.</summary>
    public bool HasMissing { get; }

    /// <summary>Whether bins have no order.</summary>
    public bool IsCategorical => _binOfId.Length > 0;

    /// <summary>Whether there is anything to split.</summary>
    public bool CanSplit => Count + (HasMissing ? 1 : 0) > 1;

    /// <summary>The bin of a value: the number of cuts below it, found without branches.</summary>
    public int BinOf(float value)
    {
        if (float.IsNaN(value)) return Count;
        if (IsCategorical) return _binOfId[(int)value];
        float[] cuts = Cuts;
        int at = 0;
        for (int step = Step(cuts.Length); step > 0; step >>= 1)
        {
            int next = at + step;
            if (next <= cuts.Length && value > cuts[next - 1]) at = next;
        }

        return at;
    }

    /// <summary>The ids whose bin goes left, as bits.</summary>
    public ulong[] Ids(ReadOnlySpan<byte> goesLeft)
    {
        ulong[] bits = new ulong[(_binOfId.Length + 63) / 64];
        for (int id = 0; id < _binOfId.Length; id++)
        {
            if (goesLeft[_binOfId[id]] != 0) bits[id >> 6] |= 1UL << (id & 63);
        }

        return bits;
    }

    private static int Step(int cuts) => cuts == 0 ? 0 : 1 << System.Numerics.BitOperations.Log2((uint)cuts);
}
