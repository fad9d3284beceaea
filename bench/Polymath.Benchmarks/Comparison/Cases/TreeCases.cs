using System.Globalization;

namespace Polymath.Benchmarks.Comparison;

/// <summary>Boosted trees against XGBoost.</summary>
internal static class TreeCases
{
    private const int Rows = 200_000, Trees = 100;

    public static CaseGroup Group { get; } = new(
        "Boosted trees: predict",
        "Scores of 200,000 rows of 28 numbers in memory from 100 trees: `BoostedModel.Scores` into an array of the caller against XGBoost's `inplace_predict` on a float32 array. Both have grown their own trees of the same size on the same table.",
        [Predict("depth=6", depth: 6, leaves: 64), Predict("leaves=31", depth: 0, leaves: 31), Predict("leaves=64", depth: 0, leaves: 64)]);

    private static Case Predict(string name, int depth, int leaves) => new($"predict/{name}", () => new TreeWorkload(Rows, Trees, depth, leaves))
    {
        Peer = string.Create(CultureInfo.InvariantCulture, $"predict {TreeWorkload.Table} {Rows} {Boosting.HiggsLikeTable.Width} {Trees} {depth} {leaves}"),
        UsesBlas = false,
        Goals = [new Goal(Yardstick.OtherPeer, 2), new Goal(Yardstick.Allocation, 0)],
    };
}
