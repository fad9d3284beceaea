namespace Polymath.Boosting;

/// <summary>
/// How one feature is cut into bins: at most 255 for values and one after them for missing. Bin b of a number holds values up to
/// <see cref="Cuts"/>[b] that are above the cut before it; a category has a bin of its own, and rare ones share one.
/// </summary>
internal sealed class FeatureBins
{
    private const int Cells = 1024;
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

    /// <summary>The bin of a value: the number of cuts below it.</summary>
    public int BinOf(float value)
    {
        if (float.IsNaN(value)) return Count;
        return IsCategorical ? _binOfId[(int)value] : Search(value, 0, Cuts.Length);
    }

    /// <summary>Puts the bins of a column into one lane of words, which is still empty.</summary>
    public void Fill(ReadOnlySpan<float> column, Span<ulong> words, int lane)
    {
        int shift = 8 * lane;
        if (IsCategorical || Cuts.Length < Cells / 16)
        {
            for (int row = 0; row < column.Length; row++) words[row] |= (ulong)BinOf(column[row]) << shift;
            return;
        }

        // The line from the first to the last cut in equal cells: most cells hold a cut or none, so the search that is left is short.
        Span<int> firstOfCell = stackalloc int[Cells + 1];
        float low = Cuts[0], scale = Cells / (Cuts[^1] - low);
        if (!float.IsFinite(scale)) scale = 0;
        for (int cell = Cells - 1, cut = Cuts.Length; cell >= 0; cell--)
        {
            firstOfCell[cell + 1] = cut;
            while (cut > 0 && Cell(Cuts[cut - 1], low, scale) >= cell) cut--;
            firstOfCell[cell] = cut;
        }

        for (int row = 0; row < column.Length; row++)
        {
            float value = column[row];
            if (float.IsNaN(value))
            {
                words[row] |= (ulong)Count << shift;
                continue;
            }

            int cell = Cell(value, low, scale);
            words[row] |= (ulong)Search(value, firstOfCell[cell], firstOfCell[cell + 1]) << shift;
        }
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

    /// <summary>The cell of a value: a monotone function of it, so that cuts below a value are in no later cell.</summary>
    private static int Cell(float value, float low, float scale) => (int)Math.Clamp((value - low) * scale, 0f, Cells - 1f);

    /// <summary>The number of cuts below a value that is known to lie in [from, to].</summary>
    private int Search(float value, int from, int to)
    {
        float[] cuts = Cuts;
        while (from < to)
        {
            int middle = (from + to) >>> 1;
            if (value > cuts[middle]) from = middle + 1;
            else to = middle;
        }

        return from;
    }
}
