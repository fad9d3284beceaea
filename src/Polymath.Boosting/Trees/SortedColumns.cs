using Polymath.Tensors.Kernels;

namespace Polymath.Boosting;

/// <summary>Consecutive rows of a feature matrix, sorted once by every column.</summary>
internal sealed class SortedColumns
{
    /// <summary>Values closer than this, in single precision, are not cut apart (as scikit-learn has it).</summary>
    public const float LeastDistance = 1e-7f;

    /// <summary>Rows per group of equal values from which on groups are worth knowing.</summary>
    private const int CoarseRows = 8;

    private readonly FeatureMatrix _features;
    private readonly int _start;

    /// <summary>Sorts.</summary>
    /// <exception cref="BoostingException">A value is missing, or a feature is categorical.</exception>
    public SortedColumns(FeatureMatrix features, int start, int rows)
    {
        (_features, _start) = (features, start);
        Order = new int[features.Width][];
        Values = new float[features.Width][];
        Groups = new int[features.Width][];
        Require(features.Slice(start, rows));
        var body = new Sort { Columns = this, Rows = rows };
        Workers.For(features.Width, ref body);
    }

    /// <summary>Throws unless every value is a number.</summary>
    /// <exception cref="BoostingException">A value is missing, or a feature is categorical.</exception>
    public static void Require(FeatureMatrix features)
    {
        for (int column = 0; column < features.Width; column++)
        {
            if (features.Features[column].IsCategorical) throw new BoostingException($"feature '{features.Features[column].Name}' is categorical, and the exact learner cuts numbers only; use the histogram learner.");
        }

        int missing = features.Values.IndexOf(float.NaN);
        if (missing >= 0) throw new BoostingException($"feature '{features.Features[missing % features.Width].Name}' is missing in a row, and the exact learner takes complete numbers only; use the histogram learner.");
    }

    /// <summary>By column, the row numbers (from 0) in ascending order of value, equal values in row order.</summary>
    public int[][] Order { get; }

    /// <summary>By column, the values in ascending order.</summary>
    public float[][] Values { get; }

    /// <summary>By column, where in the order each group of values begins that are not cut apart, and the number of rows at the end; null for a column of many small groups.</summary>
    public int[]?[] Groups { get; }

    /// <summary>Whether the rows before a place in the order may be cut from those at and after it.</summary>
    public static bool IsCut(float[] values, int at) => values[at] > values[at - 1] + LeastDistance;

    /// <summary>How many rows, in the order of the cut's column, lie left of it.</summary>
    public int CountLeft(ExactCut cut)
    {
        float[] values = Values[cut.Feature];
        int low = 0, high = values.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (values[middle] <= cut.Threshold) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private static int[]? GroupsOf(float[] values)
    {
        int groups = values.Length == 0 ? 0 : 1, most = values.Length / CoarseRows;
        for (int at = 1; at < values.Length && groups <= most; at++) if (IsCut(values, at)) groups++;
        if (groups > most) return null;
        int[] starts = new int[groups + 1];
        (starts[groups], groups) = (values.Length, 1);
        for (int at = 1; at < values.Length; at++) if (IsCut(values, at)) starts[groups++] = at;
        return starts;
    }

    private struct Sort : IBody
    {
        public SortedColumns Columns;
        public int Rows;

        public readonly void Run(int chunk)
        {
            FeatureMatrix features = Columns._features;
            ReadOnlySpan<float> all = features.Values[(Columns._start * features.Width)..];
            float[] values = new float[Rows];
            int[] order = new int[Rows];
            for (int row = 0; row < Rows; row++) (values[row], order[row]) = (all[(row * features.Width) + chunk], row);
            FloatOrder.Sort(values, order);
            (Columns.Values[chunk], Columns.Order[chunk], Columns.Groups[chunk]) = (values, order, GroupsOf(values));
        }
    }
}
