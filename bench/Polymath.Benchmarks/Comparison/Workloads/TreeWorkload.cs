using System.Runtime.InteropServices;
using Polymath.Benchmarks.Boosting;
using Polymath.Boosting;

namespace Polymath.Benchmarks.Comparison;

/// <summary>Scores of all rows of a generated table from trees that were grown on it.</summary>
internal sealed class TreeWorkload : Workload
{
    private readonly BoostedModel _model;
    private readonly FeatureMatrix _features;
    private readonly double[] _scores;

    /// <summary>Writes the table, which the peer reads too, and grows the trees.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="trees">Trees.</param>
    /// <param name="depth">Most splits above a leaf; 0 grows the leaf of the largest gain instead of the levels.</param>
    /// <param name="leaves">Most leaves of a tree.</param>
    public TreeWorkload(int rows, int trees, int depth, int leaves)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Table)!);
        HiggsLikeTable.Write(Table, rows);
        float[] x = new float[rows * HiggsLikeTable.Width], y = new float[rows];
        using (FileStream file = File.OpenRead(Table))
        {
            file.ReadExactly(MemoryMarshal.AsBytes(x.AsSpan()));
            file.ReadExactly(MemoryMarshal.AsBytes(y.AsSpan()));
        }

        (_features, _scores) = (new FeatureMatrix(x, HiggsLikeTable.Width), new double[rows]);
        BoostingOptions options = BoostingOptions.Pooled(trees) with { MaxDepth = depth, MaxLeaves = leaves, Growth = depth > 0 ? TreeGrowth.DepthWise : TreeGrowth.LeafWise };
        _model = new MultiTaskBooster(options).Fit(BoostingData.Classification(_features, y, classes: 2));
    }

    /// <summary>Where the table is written: rows of features, then labels, as 32-bit floats.</summary>
    public static string Table { get; } = Path.Combine(Path.GetTempPath(), "polymath-bench", "higgs-like.f32");

    public override void Run() => _model.Scores(_features, null, _scores);

    public override void Dispose()
    {
    }
}
