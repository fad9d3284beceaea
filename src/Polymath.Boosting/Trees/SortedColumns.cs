using Polymath.Tensors.Kernels;

namespace Polymath.Boosting;

/// <summary>Consecutive rows of a feature matrix, sorted once by every column.</summary>
internal sealed class SortedColumns
{
    private readonly FeatureMatrix _features;
    private readonly int _start;

    /// <summary>Sorts.</summary>
    /// <exception cref="BoostingException">A value is missing, or a feature is categorical.</exception>
    public SortedColumns(FeatureMatrix features, int start, int rows)
    {
        (_features, _start) = (features, start);
        Order = new int[features.Width][];
        Values = new float[features.Width][];
        for (int column = 0; column < features.Width; column++)
        {
            if (features.Features[column].IsCategorical) throw new BoostingException($"feature '{features.Features[column].Name}' is categorical, and the exact learner cuts numbers only; use the histogram learner.");
        }

        int missing = features.Values.Slice(start * features.Width, rows * features.Width).IndexOf(float.NaN);
        if (missing >= 0) throw new BoostingException($"feature '{features.Features[missing % features.Width].Name}' is missing in a row, and the exact learner takes complete numbers only; use the histogram learner.");
        var body = new Sort { Columns = this, Rows = rows };
        Workers.For(features.Width, ref body);
    }

    /// <summary>By column, the row numbers (from 0) in ascending order of value, equal values in row order.</summary>
    public int[][] Order { get; }

    /// <summary>By column, the values in ascending order.</summary>
    public float[][] Values { get; }

    /// <summary>Says of every row whether it lies left of a cut.</summary>
    public void MarkLeft(ExactCut cut, bool[] left)
    {
        for (int row = 0; row < left.Length; row++) left[row] = _features.Row(_start + row)[cut.Feature] <= cut.Threshold;
    }

    private struct Sort : IBody
    {
        public SortedColumns Columns;
        public int Rows;

        public readonly void Run(int chunk)
        {
            FeatureMatrix features = Columns._features;
            float[] values = new float[Rows];
            int[] order = new int[Rows];
            for (int row = 0; row < Rows; row++) (values[row], order[row]) = (features.Row(Columns._start + row)[chunk], row);
            FloatOrder.Sort(values, order);
            (Columns.Values[chunk], Columns.Order[chunk]) = (values, order);
        }
    }
}
