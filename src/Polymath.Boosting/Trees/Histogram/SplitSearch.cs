using System.Numerics;

namespace Polymath.Boosting;

/// <summary>Finds the best split of one node in one feature, from its histogram.</summary>
internal readonly unsafe struct SplitSearch
{
    private const int Bins = BinnedFeatures.Bins;
    private readonly BoostingOptions _options;
    private readonly PackedGradients _packed;
    private readonly int _outputs;
    private readonly double _leastWeight;
    private readonly int[] _directions;

    /// <summary>A search.</summary>
    /// <param name="options">Penalties and limits.</param>
    /// <param name="packed">Scales of the derivatives.</param>
    /// <param name="outputs">Values per bin.</param>
    /// <param name="directions">Monotone direction by feature; empty for none.</param>
    public SplitSearch(BoostingOptions options, PackedGradients packed, int outputs, int[] directions)
    {
        (_options, _packed, _outputs, _directions) = (options, packed, outputs, directions);
        _leastWeight = Math.Max(options.MinChildWeight, double.Epsilon);
    }

    /// <summary>The best split in a feature; its gain is not yet lessened by what the node is worth unsplit.</summary>
    public HistogramSplit Find(int feature, FeatureBins bins, long* histogram, HistogramNode node)
    {
        bool gap = bins.HasMissing && HasMissing(bins, histogram);
        if (bins.IsCategorical) return Categories(feature, bins, histogram, node);
        if (_outputs > 1 || _options.L1 > 0 || _directions.Length > 0) return General(feature, bins, histogram, node, gap);
        var best = new HistogramSplit(feature, -1, false, double.NegativeInfinity);
        long total = node.Totals[0];

        // With missing values, all values against the missing ones is a cut too.
        Scan(feature, histogram, bins.Count - (gap ? 0 : 1), total, 0, missingLeft: false, ref best);
        if (gap) Scan(feature, histogram, bins.Count - 1, total, histogram[bins.Count], missingLeft: true, ref best);
        return best.Bin < 0 ? HistogramSplit.None : best;
    }

    /// <summary>What a node is worth unsplit: sum over outputs of T(G)^2 / (H + L2).</summary>
    public double Worth(ReadOnlySpan<long> totals)
    {
        double worth = 0;
        for (int k = 0; k < _outputs; k++) worth += Score(totals[k], k);
        return worth;
    }

    /// <summary>Which bins go left, and the packed sums of the rows that do.</summary>
    /// <param name="split">The split.</param>
    /// <param name="bins">The bins of its feature.</param>
    /// <param name="histogram">The node's histogram of the feature.</param>
    /// <param name="node">The node.</param>
    /// <param name="goesLeft">Receives 1 or 0 for each of 256 bins.</param>
    /// <param name="left">Receives the sums by output.</param>
    /// <returns>Whether missing values, and categories unseen, go left.</returns>
    public bool Resolve(HistogramSplit split, FeatureBins bins, long* histogram, HistogramNode node, Span<byte> goesLeft, Span<long> left)
    {
        goesLeft.Clear();
        left.Clear();
        if (bins.IsCategorical)
        {
            Span<int> order = stackalloc int[Bins];
            Order(bins, histogram, order);
            for (int i = 0; i < split.Bin; i++) goesLeft[order[i]] = 1;
        }
        else
        {
            goesLeft[..(split.Bin + 1)].Fill(1);
            if (split.MissingLeft) goesLeft[bins.Count] = 1;
        }

        for (int bin = 0; bin <= bins.Count && bin < Bins; bin++)
        {
            for (int k = 0; k < _outputs && goesLeft[bin] != 0; k++) left[k] += histogram[(bin * _outputs) + k];
        }

        if (bins.HasMissing && HasMissing(bins, histogram)) return goesLeft[bins.Count] != 0;

        // Nothing here says where a missing value belongs: it goes with the majority.
        bool majority = Weight(left) * 2 >= Weight(node.Totals);
        if (bins.Count < Bins) goesLeft[bins.Count] = majority ? (byte)1 : (byte)0;
        for (int bin = 0; bin < bins.Count && bins.IsCategorical && majority; bin++)
        {
            if (IsEmpty(histogram, bin)) goesLeft[bin] = 1;
        }

        return majority;
    }

    /// <summary>Mean over outputs of the summed second derivatives.</summary>
    public double Weight(ReadOnlySpan<long> totals)
    {
        double weight = 0;
        for (int k = 0; k < _outputs; k++) weight += PackedGradients.Second(totals[k]) * _packed.SecondUnit[k];
        return weight / _outputs;
    }

    /// <summary>The leaf value of one output by the packed sums.</summary>
    public double Value(long total) => TreeLearner.LeafValue(PackedGradients.First(total) * _packed.FirstUnit[0], PackedGradients.Second(total) * _packed.SecondUnit[0], _options.L1, _options.L2);

    private bool HasMissing(FeatureBins bins, long* histogram) => !IsEmpty(histogram, bins.Count);

    private bool IsEmpty(long* histogram, int bin)
    {
        for (int k = 0; k < _outputs; k++) if (histogram[(bin * _outputs) + k] != 0) return false;
        return true;
    }

    private double Score(long total, int output)
        => TreeLearner.Score(PackedGradients.First(total) * _packed.FirstUnit[output], PackedGradients.Second(total) * _packed.SecondUnit[output], _options.L1, _options.L2);

    /// <summary>One output without L1: prefix sums, then the scores of several cuts at once.</summary>
    private void Scan(int feature, long* histogram, int cuts, long total, long start, bool missingLeft, ref HistogramSplit best)
    {
        int lanes = Vector<long>.Count, padded = (cuts + lanes - 1) / lanes * lanes;
        long* prefix = stackalloc long[Bins + 16];
        long sum = start;
        for (int i = 0; i < cuts; i++) prefix[i] = sum += histogram[i];
        for (int i = cuts; i < padded; i++) prefix[i] = total;   // nothing on the right: never a split
        double unit = _packed.SecondUnit[0];
        Vector<double> first = new(PackedGradients.First(total)), second = new(PackedGradients.Second(total) * unit), units = new(unit), l2 = new(_options.L2), least = new(_leastWeight);
        Vector<double> top = new(double.NegativeInfinity);
        Vector<long> at = default, place = Vector<long>.Indices, step = new(lanes), low = new(0xFFFFFFFFL);
        for (int i = 0; i < padded; i += lanes)
        {
            Vector<long> packed = *(Vector<long>*)(prefix + i);
            Vector<double> leftFirst = Vector.ConvertToDouble(Vector.ShiftRightArithmetic(packed, 32)), leftSecond = Vector.ConvertToDouble(packed & low) * units;
            Vector<double> rightFirst = first - leftFirst, rightSecond = second - leftSecond;
            Vector<double> score = (leftFirst * leftFirst / (leftSecond + l2)) + (rightFirst * rightFirst / (rightSecond + l2));
            Vector<long> better = Vector.GreaterThanOrEqual(leftSecond, least) & Vector.GreaterThanOrEqual(rightSecond, least) & Vector.GreaterThan(score, top);
            top = Vector.ConditionalSelect(better, score, top);
            at = Vector.ConditionalSelect(better, place, at);
            place += step;
        }

        double scale = _packed.FirstUnit[0] * _packed.FirstUnit[0];
        for (int lane = 0; lane < lanes; lane++)
        {
            double gain = top[lane] * scale;
            if (gain > best.Gain || (gain == best.Gain && missingLeft == best.MissingLeft && at[lane] < best.Bin && best.Bin >= 0)) best = new HistogramSplit(feature, (int)at[lane], missingLeft, gain);
        }
    }

    private HistogramSplit General(int feature, FeatureBins bins, long* histogram, HistogramNode node, bool gap)
    {
        HistogramSplit best = HistogramSplit.None;
        Span<long> left = stackalloc long[_outputs];
        for (int side = 0; side < (gap ? 2 : 1); side++)
        {
            left.Clear();
            for (int k = 0; k < _outputs && side == 1; k++) left[k] = histogram[(bins.Count * _outputs) + k];
            for (int bin = 0; bin < bins.Count - (gap && side == 0 ? 0 : 1); bin++)
            {
                for (int k = 0; k < _outputs; k++) left[k] += histogram[(bin * _outputs) + k];
                double gain = Evaluate(left, node, feature);
                if (gain > (best.Feature < 0 ? double.NegativeInfinity : best.Gain)) best = new HistogramSplit(feature, bin, side == 1, gain);
            }
        }

        return best;
    }

    /// <summary>The worth of both sides; minus infinity when a side is too light or breaks a monotone direction.</summary>
    private double Evaluate(ReadOnlySpan<long> left, HistogramNode node, int feature)
    {
        double gain = 0, lightLeft = 0, lightRight = 0;
        for (int k = 0; k < _outputs; k++)
        {
            long right = node.Totals[k] - left[k];
            lightLeft += PackedGradients.Second(left[k]) * _packed.SecondUnit[k];
            lightRight += PackedGradients.Second(right) * _packed.SecondUnit[k];
            gain += Score(left[k], k) + Score(right, k);
        }

        if (lightLeft < _leastWeight * _outputs || lightRight < _leastWeight * _outputs) return double.NegativeInfinity;
        if (_directions.Length == 0) return gain;

        // Bounded leaves: the worth of a value w is -(2 G w + (H + L2) w^2), less than that of the free optimum.
        double low = Math.Clamp(Value(left[0]), node.Lower, node.Upper), high = Math.Clamp(Value(node.Totals[0] - left[0]), node.Lower, node.Upper);
        return _directions[feature] * (high - low) < 0 ? double.NegativeInfinity : Worth(left[0], low) + Worth(node.Totals[0] - left[0], high);
    }

    private double Worth(long total, double value)
    {
        double first = PackedGradients.First(total) * _packed.FirstUnit[0], second = PackedGradients.Second(total) * _packed.SecondUnit[0];
        return -((2 * first * value) + ((second + _options.L2) * value * value) + (2 * _options.L1 * Math.Abs(value)));
    }

    /// <summary>
    /// Bins in the order of their mean gradient, cut like a number (Fisher 1958: for one output and a convex criterion no other division is
    /// better). With several outputs, along the direction in which the means of the bins differ most (Coppersmith, Hong and Hosking 1999).
    /// </summary>
    private HistogramSplit Categories(int feature, FeatureBins bins, long* histogram, HistogramNode node)
    {
        Span<int> order = stackalloc int[Bins];
        int used = Order(bins, histogram, order);
        HistogramSplit best = HistogramSplit.None;
        Span<long> left = stackalloc long[_outputs];
        left.Clear();
        for (int i = 0; i < used - 1; i++)
        {
            for (int k = 0; k < _outputs; k++) left[k] += histogram[(order[i] * _outputs) + k];
            double gain = Evaluate(left, node, feature);
            if (gain > (best.Feature < 0 ? double.NegativeInfinity : best.Gain)) best = new HistogramSplit(feature, i + 1, false, gain);
        }

        return best;
    }

    /// <summary>The bins that occur, in order; missing values are a bin like any other.</summary>
    private int Order(FeatureBins bins, long* histogram, Span<int> order)
    {
        int used = 0;
        Span<double> key = stackalloc double[Bins];
        Span<double> direction = stackalloc double[_outputs];
        for (int bin = 0; bin < bins.Count + (bins.HasMissing ? 1 : 0); bin++) if (!IsEmpty(histogram, bin)) order[used++] = bin;
        Direction(histogram, order[..used], direction);
        for (int i = 0; i < used; i++) key[i] = Projection(histogram, order[i], direction);
        key[..used].Sort(order[..used]);
        return used;
    }

    private double Mean(long* histogram, int bin, int output)
    {
        long total = histogram[(bin * _outputs) + output];
        return PackedGradients.First(total) * _packed.FirstUnit[output] / ((PackedGradients.Second(total) * _packed.SecondUnit[output]) + _options.CategorySmoothing + double.Epsilon);
    }

    private double Projection(long* histogram, int bin, ReadOnlySpan<double> direction)
    {
        double sum = 0;
        for (int k = 0; k < _outputs; k++) sum += direction[k] * Mean(histogram, bin, k);
        return sum;
    }

    /// <summary>The first principal direction of the means of bins, by a few power iterations from the output that varies most.</summary>
    private void Direction(long* histogram, ReadOnlySpan<int> order, Span<double> direction)
    {
        const int Iterations = 8;
        direction.Clear();
        direction[0] = 1;
        if (_outputs == 1) return;
        double[] centre = new double[_outputs], spread = new double[_outputs], next = new double[_outputs];
        foreach (int bin in order) for (int k = 0; k < _outputs; k++) centre[k] += Mean(histogram, bin, k) / order.Length;
        foreach (int bin in order) for (int k = 0; k < _outputs; k++) spread[k] += Math.Pow(Mean(histogram, bin, k) - centre[k], 2);
        direction[0] = 0;
        direction[Array.IndexOf(spread, spread.Max())] = 1;
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            Array.Clear(next);
            foreach (int bin in order)
            {
                double along = 0;
                for (int k = 0; k < _outputs; k++) along += direction[k] * (Mean(histogram, bin, k) - centre[k]);
                for (int k = 0; k < _outputs; k++) next[k] += along * (Mean(histogram, bin, k) - centre[k]);
            }

            double norm = Math.Sqrt(next.Sum(value => value * value));
            if (norm == 0) return;
            for (int k = 0; k < _outputs; k++) direction[k] = next[k] / norm;
        }
    }
}
