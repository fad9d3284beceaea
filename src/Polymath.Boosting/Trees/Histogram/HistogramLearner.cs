using Polymath.Tensors.Kernels;

namespace Polymath.Boosting;

/// <summary>
/// Grows trees from histograms. A wave splits the best leaf, or a whole level: rows are divided, the histogram of the smaller child is built,
/// that of the larger is what remains of the parent's, and both are searched, group of features by group, while they are in cache. All
/// sums are of whole numbers, so a tree is the same at any number of threads.
/// </summary>
internal sealed partial class HistogramLearner : TreeLearner
{
    private const double LeastRelativeGain = 1e-10;

    private readonly BoostingOptions _options;
    private readonly FeatureMatrix _features;
    private readonly int _start;
    private readonly BinnedFeatures _binned;
    private readonly PackedGradients _packed;
    private readonly RowPartition _rows;
    private readonly HistogramPool _pool;
    private readonly int[] _directions;
    private readonly List<HistogramNode> _leaves = [];
    private readonly List<TreeSplit> _splits = [];

    /// <summary>A learner over consecutive rows.</summary>
    public HistogramLearner(FeatureMatrix features, int start, int rows, int outputs, BoostingOptions options)
        : base(rows, features.Width, outputs)
    {
        (_options, _features, _start) = (options, features, start);
        _binned = new BinnedFeatures(features, start, rows, options.MaxBins);
        _packed = new PackedGradients(rows, outputs);
        _rows = new RowPartition(rows);
        _pool = new HistogramPool(checked(_binned.Offsets[^1] * outputs));
        _directions = options.Monotone.Values.All(direction => direction == 0) ? [] : [.. features.Features.Select(feature => options.Monotone.GetValueOrDefault(feature.Name))];
    }

    private SplitSearch Search => new(_options, _packed, Outputs, _directions);

    /// <inheritdoc/>
    public override Tree Fit(ReadOnlySpan<double> gradient, ReadOnlySpan<double> curvature, TreeSample sample)
    {
        _packed.Pack(gradient, curvature);
        _leaves.Clear();
        _splits.Clear();
        Grow(sample);
        double[] values = new double[_leaves.Count * Outputs], covers = new double[_leaves.Count];
        LeafSums(gradient, curvature, values, covers);
        foreach (HistogramNode leaf in _leaves) Release(leaf);
        var tree = new Tree(Outputs, [.. _splits], values, covers);
        if (sample.Rows is not null) PlaceOthers(tree, sample.Rows);
        return tree;
    }

    private void Grow(TreeSample sample)
    {
        HistogramNode root = Root(_rows.Reset(sample.Rows), sample);
        _leaves.Add(root);
        var wave = new List<int>();
        while (_leaves.Count < _options.MaxLeaves)
        {
            Choose(wave);
            if (wave.Count == 0) return;
            Split(wave, sample);
        }
    }

    private unsafe HistogramNode Root(int count, TreeSample sample)
    {
        long[] totals = new long[Outputs];
        long* packed = _packed.Values;
        for (int i = 0; i < count; i++)
        {
            int row = sample.Rows is null ? i : sample.Rows[i];
            for (int k = 0; k < Outputs; k++) totals[k] += packed[((long)row * Outputs) + k];
        }

        var root = new HistogramNode(0, count, 0, totals);
        if (_options.MaxLeaves < 2) return root;
        root.Histogram = _pool.Rent();
        SearchPairs([new HistogramPair(root, null)], sample);
        return root;
    }

    /// <summary>The leaves to split next: the best, or all of the highest level, best first where not all can be split.</summary>
    private void Choose(List<int> wave)
    {
        wave.Clear();
        int level = int.MaxValue;
        for (int leaf = 0; leaf < _leaves.Count; leaf++)
        {
            if (_leaves[leaf].Best.Feature < 0) continue;
            if (_options.Growth == TreeGrowth.DepthWise)
            {
                if (_leaves[leaf].Depth < level) wave.Clear();
                level = Math.Min(level, _leaves[leaf].Depth);
                if (_leaves[leaf].Depth == level) wave.Add(leaf);
            }
            else if (wave.Count == 0 || _leaves[leaf].Best.Gain > _leaves[wave[0]].Best.Gain)
            {
                wave.Clear();
                wave.Add(leaf);
            }
        }

        int room = _options.MaxLeaves - _leaves.Count;
        if (wave.Count <= room) return;
        wave.Sort((a, b) => _leaves[b].Best.Gain != _leaves[a].Best.Gain ? _leaves[b].Best.Gain.CompareTo(_leaves[a].Best.Gain) : a.CompareTo(b));
        wave.RemoveRange(room, wave.Count - room);
    }

    private unsafe void Split(List<int> wave, TreeSample sample)
    {
        var cuts = new RowCut[wave.Count];
        int[] lefts = new int[wave.Count];
        long[][] sums = new long[wave.Count][];
        bool[] missingLeft = new bool[wave.Count];
        for (int i = 0; i < cuts.Length; i++)
        {
            HistogramNode node = _leaves[wave[i]];
            int feature = node.Best.Feature, group = _binned.GroupOf(feature), lane = feature - _binned.FirstOfGroup[group];
            byte[] goesLeft = new byte[BinnedFeatures.Bins];
            sums[i] = new long[Outputs];
            fixed (long* histogram = node.Histogram) missingLeft[i] = Search.Resolve(node.Best, _binned.Features[feature], histogram + FeatureOffset(group, lane), node, goesLeft, sums[i]);
            cuts[i] = new RowCut(node.Start, node.Count, _binned.Words(group), lane, goesLeft);
        }

        _rows.Divide(cuts, lefts);
        var pairs = new List<HistogramPair>(wave.Count);
        bool more = _leaves.Count + wave.Count < _options.MaxLeaves;
        for (int i = 0; i < cuts.Length; i++) pairs.Add(Replace(wave[i], lefts[i], sums[i], missingLeft[i], cuts[i].GoesLeft, more));
        pairs.RemoveAll(pair => pair.Small.Histogram is null);
        if (pairs.Count > 0) SearchPairs(pairs, sample);
    }

    /// <summary>Puts two leaves in the place of one: the left part keeps its number, the right part is last.</summary>
    private HistogramPair Replace(int leaf, int leftRows, long[] leftSums, bool missingLeft, byte[] goesLeft, bool more)
    {
        HistogramNode node = _leaves[leaf];
        FeatureBins bins = _binned.Features[node.Best.Feature];
        long[] rightSums = new long[Outputs];
        for (int k = 0; k < Outputs; k++) rightSums[k] = node.Totals[k] - leftSums[k];
        (double lower, double middle, double upper, int direction) = Bounds(node, leftSums[0], rightSums[0]);
        var left = new HistogramNode(node.Start, leftRows, node.Depth + 1, leftSums) { Lower = direction < 0 ? middle : lower, Upper = direction > 0 ? middle : upper };
        var right = new HistogramNode(node.Start + leftRows, node.Count - leftRows, node.Depth + 1, rightSums) { Lower = direction > 0 ? middle : lower, Upper = direction < 0 ? middle : upper };
        int number = _splits.Count;
        _splits.Add(new TreeSplit(node.Best.Feature, bins.IsCategorical ? 0 : Threshold(bins, node.Best.Bin), missingLeft, ~leaf, ~_leaves.Count, node.Best.Gain, Search.Weight(node.Totals))
        {
            LeftCategories = bins.IsCategorical ? bins.Ids(goesLeft) : null,
        });
        Link(leaf, number);
        _leaves[leaf] = left;
        _leaves.Add(right);
        bool leftIsSmall = left.Count <= right.Count;
        HistogramNode small = leftIsSmall ? left : right, large = leftIsSmall ? right : left;
        if (more && (_options.MaxDepth == 0 || left.Depth < _options.MaxDepth))
        {
            small.Histogram = _pool.Rent();
            large.Histogram = node.Histogram;
        }
        else
        {
            Release(node);
        }

        return new HistogramPair(small, large);
    }

    /// <summary>A cut after the last bin divides all values from the missing ones.</summary>
    private static float Threshold(FeatureBins bins, int bin) => bin < bins.Cuts.Length ? bins.Cuts[bin] : float.MaxValue;

    /// <summary>What monotone leaves below a node may hold: the parts meet midway between their own best values.</summary>
    private (double Lower, double Middle, double Upper, int Direction) Bounds(HistogramNode node, long left, long right)
    {
        int direction = _directions.Length == 0 ? 0 : _directions[node.Best.Feature];
        double middle = direction == 0 ? 0 : (Math.Clamp(Search.Value(left), node.Lower, node.Upper) + Math.Clamp(Search.Value(right), node.Lower, node.Upper)) / 2;
        return (node.Lower, middle, node.Upper, direction);
    }

    /// <summary>The split that led to a leaf now leads to its split.</summary>
    private void Link(int leaf, int split)
    {
        for (int parent = split - 1; parent >= 0; parent--)
        {
            if (_splits[parent].Left == ~leaf) _splits[parent] = _splits[parent] with { Left = split };
            else if (_splits[parent].Right == ~leaf) _splits[parent] = _splits[parent] with { Right = split };
            else continue;
            return;
        }
    }

    private void Release(HistogramNode node)
    {
        if (node.Histogram is { } histogram) _pool.Return(histogram);
        node.Histogram = null;
    }

    private int FeatureOffset(int group, int lane) => (_binned.Offsets[group] + (lane * _binned.Strides[group])) * Outputs;

    /// <summary>Leaf values from the derivatives themselves, not from their packed form.</summary>
    private unsafe void LeafSums(ReadOnlySpan<double> gradient, ReadOnlySpan<double> curvature, double[] values, double[] covers)
    {
        fixed (double* first = gradient, second = curvature)
        {
            var body = new LeafBody { Learner = this, First = first, Second = curvature.IsEmpty ? null : second, Values = values, Covers = covers };
            Effort.For(_leaves.Count, 4L * Rows * Outputs, ref body);
        }
    }

    /// <summary>The leaves of rows outside the sample.</summary>
    private void PlaceOthers(Tree tree, int[] sample)
    {
        int next = 0;
        for (int row = 0; row < Rows; row++)
        {
            if (next < sample.Length && sample[next] == row) next++;
            else LeafOfRow[row] = tree.LeafOf(_features.Row(_start + row));
        }
    }

    private unsafe struct LeafBody : IBody
    {
        public HistogramLearner Learner;
        public double* First;
        public double* Second;
        public double[] Values;
        public double[] Covers;

        public readonly void Run(int chunk)
        {
            HistogramNode leaf = Learner._leaves[chunk];
            int outputs = Learner.Outputs;
            BoostingOptions options = Learner._options;
            double cover = 0;
            if (outputs == 1 && Second is null)
            {
                double sum = 0;
                foreach (int row in Learner._rows.Range(leaf.Start, leaf.Count)) sum += First[row];
                cover = leaf.Count;
                Values[chunk] = Math.Clamp(LeafValue(sum, cover, options.L1, options.L2), leaf.Lower, leaf.Upper);
            }

            for (int k = 0; k < outputs && (outputs > 1 || Second is not null); k++)
            {
                double first = 0, second = 0;
                foreach (int row in Learner._rows.Range(leaf.Start, leaf.Count))
                {
                    first += First[((long)row * outputs) + k];
                    second += Second is null ? 1 : Second[((long)row * outputs) + k];
                }

                cover += second / outputs;
                Values[(chunk * outputs) + k] = Math.Clamp(LeafValue(first, second, options.L1, options.L2), leaf.Lower, leaf.Upper);
            }

            Covers[chunk] = cover;
            foreach (int row in Learner._rows.Range(leaf.Start, leaf.Count)) Learner.LeafOfRow[row] = chunk;
        }
    }
}
