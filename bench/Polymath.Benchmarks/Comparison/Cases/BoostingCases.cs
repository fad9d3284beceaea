namespace Polymath.Benchmarks.Comparison;

/// <summary>Boosting across tasks, as the paper's code does it.</summary>
internal static class BoostingCases
{
    public static CaseGroup Group { get; } = new(
        "Boosted trees across tasks: fit",
        "A fit of R-MTGB with the paper's exact stumps, against its algorithm as its authors run it: scikit-learn's `DecisionTreeRegressor` for every stump. Generated rows with the shape of School (15,362 rows, 27 features, 139 tasks) and of Abalone (4,177 rows, 7 features, 3 tasks); a third of the features have two values.",
        [Robust("school", new BoostingSize(15_362, 27, 139, 20, 20, 20)), Robust("abalone", new BoostingSize(4_177, 7, 3, 50, 50, 50))]);

    private static Case Robust(string shape, BoostingSize size) => new($"boosting/r-mtgb-{shape}", () => new RobustBoostingWorkload(size))
    {
        Peer = $"boost-robust {size}",
        UsesBlas = false,
        Goals = [new Goal(Yardstick.OtherPeer, 30)],
    };
}
