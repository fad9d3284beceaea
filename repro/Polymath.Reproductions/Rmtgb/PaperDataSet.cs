namespace Polymath.Reproductions.Rmtgb;

/// <summary>
/// A real data set with what the authors' grid search chose for it and what came out: figures recomputed from the predictions that they
/// committed, GAA-UAM/R-MTGB at the parent of f7d6f7f. All lists are in the order of <see cref="BoostingSystem.All"/>.
/// </summary>
/// <param name="Name">What the tables call it.</param>
/// <param name="Load">Reads it.</param>
/// <param name="Iterations">What the grid search chose.</param>
/// <param name="Primary">RMSE or accuracy; NaN where there is nothing to compare with.</param>
/// <param name="Secondary">Mean absolute error or macro recall; NaN where there is nothing to compare with.</param>
internal sealed record PaperDataSet(string Name, Func<ReproductionContext, BoostingTable> Load, IReadOnlyList<BlockIterations> Iterations, IReadOnlyList<double> Primary, IReadOnlyList<double> Secondary)
{
    private const double No = double.NaN;
    private static readonly double[] s_none = [No, No, No, No, No];

    /// <summary>Whether a number is predicted.</summary>
    public bool IsRegression { get; init; }

    /// <summary>How far the primary figure may be from that of the authors.</summary>
    public double Tolerance => IsRegression ? 0.005 : 0.002;

    /// <summary>Whether a quick run looks at it.</summary>
    public bool IsQuick { get; init; }

    /// <summary>Regression first, then classification. Computer and Avila with figures that were computed anew with each row's own task.</summary>
    public static IReadOnlyList<PaperDataSet> All { get; } =
    [
        Regression("abalone", Best((50, 50, 100), (50, 0, 100), 100, 100, 100), [2.302, 2.323, 2.364, 2.444, 2.420], [1.628, 1.637, 1.652, 1.762, 1.734]) with { IsQuick = true },
        Regression("computer", Best((50, 30, 0), (50, 0, 0), 20, 100, 100), [2.467, 2.541, 2.171, 2.513, 2.449], [No, 2.107, No, 2.074, 2.046]) with { IsQuick = true },
        Regression("parkinson", Best((0, 20, 100), (20, 0, 100), 100, 100, 100), [0.2589, 0.305, 0.252, 8.726, 6.469], [0.110, 0.148, 0.096, 7.262, 5.656]) with { IsQuick = true },
        Regression("school", Best((50, 50, 20), (50, 0, 20), 50, 100, 100), [10.169, 10.193, 10.347, 10.445, 10.429], [8.051, 8.074, 8.187, 8.314, 8.303]) with { IsQuick = true },
        new("sarcos", BoostingTable.Sarcos, Best((50, 20, 0), (20, 0, 0), 20, 20, 100), s_none, s_none) { IsRegression = true },
        Classification("landmine", 2, Best((50, 50, 50), (30, 0, 50), 100, 20, 20), [0.9443, 0.9443, 0.9450, 0.9376, 0.9376], [0.562, 0.559, 0.567, 0.500, 0.500]) with { IsQuick = true },
        Classification("bank", 2, Best((50, 50, 100), (50, 0, 100), 100, 100, 100), [0.8924, 0.8912, 0.8893, 0.8859, 0.8859], [0.589, 0.576, 0.558, 0.533, 0.533]),
        Classification("avila", 12, Best((50, 50, 20), (50, 0, 20), 100, 100, 100), [0.604, 0.590, 0.656, 0.499, 0.506], [0.400, 0.385, 0.525, 0.161, 0.168]),
        Adult("adult gender", [0.8502, 0.8490, 0.8418, 0.8382, 0.8382], [0.723, 0.718, 0.703, 0.687, 0.687]),
        Adult("adult race", [0.8494, 0.8482, 0.8378, 0.8382, 0.8382], [0.722, 0.721, 0.685, 0.687, 0.687]),
    ];

    private static PaperDataSet Regression(string name, BlockIterations[] best, double[] errors, double[] absolute)
        => new(name, context => BoostingTable.Prepared(context, name, classes: 0), best, errors, absolute) { IsRegression = true };

    private static PaperDataSet Classification(string name, int classes, BlockIterations[] best, double[] accuracies, double[] recalls)
        => new(name, context => BoostingTable.Prepared(context, name, classes), best, accuracies, recalls);

    private static PaperDataSet Adult(string name, double[] accuracies, double[] recalls)
        => new(name, context => BoostingTable.Adult(context, name), Best((50, 50, 100), (50, 0, 100), 100, 100, 100), accuracies, recalls);

    private static BlockIterations[] Best((int Shared, int Robust, int Task) robust, (int Shared, int Robust, int Task) multiTask, int singleTask, int pooled, int taskFeature)
        => [new(robust.Shared, robust.Robust, robust.Task), new(multiTask.Shared, multiTask.Robust, multiTask.Task), new(0, 0, singleTask), new(0, 0, pooled), new(0, 0, taskFeature)];
}
