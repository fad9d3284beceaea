using System.Numerics.Tensors;
using Polymath.Tensors.Kernels;

namespace Polymath.Boosting;

/// <content>Building and searching histograms.</content>
internal sealed partial class HistogramLearner
{
    private const int LeastPartRows = 16384, EffortOfBin = 10;

    /// <summary>Builds and searches the histograms of pairs of siblings, a group of features at a time.</summary>
    private void SearchPairs(List<HistogramPair> pairs, TreeSample sample)
    {
        var found = new HistogramSplit[pairs.Count * _binned.Groups * 2];
        long[][] parts = BuildParts(pairs, sample);
        var body = new PairBody { Learner = this, Pairs = pairs, Sample = sample, Found = found, Parts = parts };
        long units = 0;
        foreach (HistogramPair pair in pairs) units += ((long)pair.Small.Count * Features * Outputs) + (EffortOfBin * _pool.Length);
        Effort.For(pairs.Count * _binned.Groups, units, ref body);
        foreach (long[] part in parts) _pool.Return(part);
        for (int pair = 0; pair < pairs.Count; pair++)
        {
            Settle(pairs[pair].Small, found, pair, 0);
            if (pairs[pair].Large is { } large) Settle(large, found, pair, 1);
        }
    }

    /// <summary>When one node has too few groups for all threads, its rows are shared out too. Whole numbers add up to the same in any division.</summary>
    private long[][] BuildParts(List<HistogramPair> pairs, TreeSample sample)
    {
        int parts = pairs.Count > 1 ? 1 : Math.Min(2 * Workers.Count / _binned.Groups, pairs[0].Small.Count / LeastPartRows);
        if (parts < 2) return [];
        var histograms = new long[parts][];
        for (int part = 0; part < parts; part++) histograms[part] = _pool.Rent();
        var body = new PartBody { Learner = this, Node = pairs[0].Small, All = pairs[0].Large is null && sample.Rows is null, Parts = histograms };
        Workers.For(parts * _binned.Groups, ref body);
        return histograms;
    }

    /// <summary>The best of the groups: the first where gains are equal, which is that of the lowest feature.</summary>
    private void Settle(HistogramNode node, HistogramSplit[] found, int pair, int side)
    {
        HistogramSplit best = HistogramSplit.None;
        for (int group = 0; group < _binned.Groups; group++)
        {
            HistogramSplit split = found[(((pair * _binned.Groups) + group) * 2) + side];
            if (split.Feature >= 0 && (best.Feature < 0 || split.Gain > best.Gain)) best = split;
        }

        double worth = Search.Worth(node.Totals), gain = best.Gain - worth;
        node.Best = best.Feature >= 0 && gain > LeastRelativeGain * worth && gain >= _options.MinGain && gain > 0 ? best with { Gain = gain } : HistogramSplit.None;
        if (node.Best.Feature < 0) Release(node);
    }

    private unsafe struct PairBody : IBody
    {
        public HistogramLearner Learner;
        public List<HistogramPair> Pairs;
        public TreeSample Sample;
        public HistogramSplit[] Found;
        public long[][] Parts;

        public readonly void Run(int chunk)
        {
            BinnedFeatures binned = Learner._binned;
            int group = chunk % binned.Groups, first = binned.FirstOfGroup[group], lanes = binned.LanesOf(group), stride = binned.Strides[group], start = Learner.FeatureOffset(group, 0), length = lanes * stride * Learner.Outputs;
            (HistogramNode small, HistogramNode? large) = Pairs[chunk / binned.Groups];
            Found[2 * chunk] = Found[(2 * chunk) + 1] = HistogramSplit.None;
            fixed (long* ofSmall = small.Histogram, ofLarge = large?.Histogram)
            {
                long* mine = ofSmall + start, other = ofLarge + start;
                new Span<long>(mine, length).Clear();
                bool all = large is null && Sample.Rows is null;
                if (Parts.Length == 0) HistogramKernel.Add(lanes, stride, binned.Words(group), Learner._packed.Values, all ? null : Learner._rows.Rows + small.Start, small.Count, mine, Learner.Outputs);
                foreach (long[] part in Parts) TensorPrimitives.Add(new ReadOnlySpan<long>(mine, length), part.AsSpan(start, length), new Span<long>(mine, length));
                Found[2 * chunk] = Best(small, mine, first, lanes, stride);
                if (large is null) return;
                TensorPrimitives.Subtract(new ReadOnlySpan<long>(other, length), new ReadOnlySpan<long>(mine, length), new Span<long>(other, length));
                Found[(2 * chunk) + 1] = Best(large, other, first, lanes, stride);
            }
        }

        private readonly HistogramSplit Best(HistogramNode node, long* histogram, int first, int lanes, int stride)
        {
            HistogramSplit best = HistogramSplit.None;
            SplitSearch search = Learner.Search;
            for (int lane = 0; lane < lanes; lane++)
            {
                FeatureBins bins = Learner._binned.Features[first + lane];
                if (!bins.CanSplit || !Sample.Allows(first + lane)) continue;
                HistogramSplit split = search.Find(first + lane, bins, histogram + (lane * stride * Learner.Outputs), node);
                if (split.Feature >= 0 && (best.Feature < 0 || split.Gain > best.Gain)) best = split;
            }

            return best;
        }
    }

    private unsafe struct PartBody : IBody
    {
        public HistogramLearner Learner;
        public HistogramNode Node;
        public bool All;
        public long[][] Parts;

        public readonly void Run(int chunk)
        {
            BinnedFeatures binned = Learner._binned;
            int group = chunk % binned.Groups, part = chunk / binned.Groups, lanes = binned.LanesOf(group), stride = binned.Strides[group];
            int start = (int)((long)Node.Count * part / Parts.Length), end = (int)((long)Node.Count * (part + 1) / Parts.Length);
            Span<long> histogram = Parts[part].AsSpan(Learner.FeatureOffset(group, 0), lanes * stride * Learner.Outputs);
            histogram.Clear();
            fixed (long* into = histogram)
            {
                if (All) HistogramKernel.Add(lanes, stride, binned.Words(group) + start, Learner._packed.Values + ((long)start * Learner.Outputs), null, end - start, into, Learner.Outputs);
                else HistogramKernel.Add(lanes, stride, binned.Words(group), Learner._packed.Values, Learner._rows.Rows + Node.Start + start, end - start, into, Learner.Outputs);
            }
        }
    }
}
