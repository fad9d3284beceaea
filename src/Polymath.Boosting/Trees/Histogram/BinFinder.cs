namespace Polymath.Boosting;

/// <summary>Chooses the bins of a feature from its training values.</summary>
internal static class BinFinder
{
    /// <summary>
    /// A bin for each distinct number if there are few, else bins of about equal numbers of rows: a value that fills a bin alone gets one, and
    /// the others share what is left. Cuts lie midway between neighbouring values.
    /// </summary>
    /// <param name="sorted">Observed values in ascending order.</param>
    /// <param name="missing">Whether values are missing besides.</param>
    /// <param name="most">Most bins for values.</param>
    public static FeatureBins Numbers(ReadOnlySpan<float> sorted, bool missing, int most)
    {
        int distinct = sorted.IsEmpty ? 0 : 1;
        for (int i = 1; i < sorted.Length; i++) if (sorted[i] != sorted[i - 1]) distinct++;
        var cuts = new List<float>(Math.Min(distinct, most));
        int left = sorted.Length, bins = most, inBin = 0;
        for (int i = 0; i < sorted.Length;)
        {
            int end = i + 1;
            while (end < sorted.Length && sorted[end] == sorted[i]) end++;
            inBin += end - i;
            bool full = distinct <= most || (long)inBin * bins >= left;
            if (full && end < sorted.Length && bins > 1)
            {
                cuts.Add(Midpoint.Of(sorted[end - 1], sorted[end]));
                left -= inBin;
                bins--;
                inBin = 0;
            }

            i = end;
        }

        return new FeatureBins([.. cuts], missing);
    }

    /// <summary>A bin for each category, the most frequent ones first if there are too many; the rest share the last bin.</summary>
    /// <param name="counts">Rows of each id.</param>
    /// <param name="missing">Whether values are missing besides.</param>
    /// <param name="most">Most bins for values.</param>
    public static FeatureBins Categories(int[] counts, bool missing, int most)
    {
        int[] binOfId = new int[counts.Length];
        if (counts.Length <= most)
        {
            for (int id = 0; id < binOfId.Length; id++) binOfId[id] = id;
            return new FeatureBins(binOfId, counts.Length, missing);
        }

        Array.Fill(binOfId, most - 1);
        int bin = 0;
        foreach (int id in Enumerable.Range(0, counts.Length).OrderByDescending(id => counts[id]).Take(most - 1)) binOfId[id] = bin++;
        return new FeatureBins(binOfId, most, missing);
    }
}
