namespace Polymath.Boosting;

/// <summary>The trees of a model: an ensemble of each kind, and one per unit of block 3.</summary>
internal sealed record ModelTrees(Tree[] Shared, Tree[] Outlier, Tree[] NonOutlier, Tree[][] Units)
{
    /// <summary>Names of the ensembles in files, in the order of <see cref="Ensembles"/>.</summary>
    public static readonly string[] Names = ["shared", "outlier", "non_outlier", "task"];

    /// <summary>Those of a model.</summary>
    public static ModelTrees Of(BoostedModel model) => new([.. model.SharedTrees], [.. model.OutlierTrees], [.. model.NonOutlierTrees], [.. model.TaskTrees.Select(trees => trees.ToArray())]);

    /// <summary>The ensembles with their names; the first three have one unit.</summary>
    public IEnumerable<(string Name, Tree[][] Units)> Ensembles() => [(Names[0], [Shared]), (Names[1], [Outlier]), (Names[2], [NonOutlier]), (Names[3], Units)];

    /// <summary>From ensembles in that order.</summary>
    public static ModelTrees From(Tree[][][] ensembles) => new(ensembles[0][0], ensembles[1][0], ensembles[2][0], ensembles[3]);
}
