using System.Globalization;
using Polymath.Boosting;
using Polymath.Data;
using Polymath.Data.Generators;

namespace Polymath.Reproductions.Rmtgb;

/// <summary>The five boosters on one scenario of generated tasks, over seeds that draw data and theta.</summary>
internal sealed class SyntheticStudy
{
    private const int PooledTrees = 100;
    private static readonly BlockIterations[] s_iterations = [new(50, 50, 50), new(50, 0, 50), new(0, 0, PooledTrees), new(0, 0, PooledTrees), new(0, 0, PooledTrees)];
    private readonly SyntheticMultiTaskOptions _options;
    private readonly int _seeds;
    private readonly double[][] _all, _inliers, _outliers;
    private readonly bool[] _apart;

    /// <param name="scenario">How the tasks hang together.</param>
    /// <param name="classification">Whether classes are predicted.</param>
    /// <param name="seeds">How often.</param>
    public SyntheticStudy(SyntheticScenario scenario, bool classification, int seeds)
    {
        (_options, _seeds, _apart) = (new SyntheticMultiTaskOptions { Scenario = scenario, Classification = classification }, seeds, new bool[seeds]);
        (_all, _inliers, _outliers) = (Empty(), Empty(), Empty());

        double[][] Empty() => [.. BoostingSystem.All.Select(_ => new double[seeds])];
    }

    /// <summary>Fits to do.</summary>
    public int Fits => _seeds * BoostingSystem.All.Count;

    /// <summary>In how many runs the planted tasks have the largest outlier scores.</summary>
    public int Apart => _apart.Count(apart => apart);

    /// <summary>sigmoid(theta) by task, of each run.</summary>
    public List<IReadOnlyDictionary<string, double>> Weights { get; } = [];

    /// <summary>The tasks that do not belong.</summary>
    public IReadOnlyList<string> Outliers { get; private set; } = [];

    /// <summary>RMSE or accuracy over all test rows, by seed.</summary>
    public double[] Of(BoostingSystem system) => _all[Position(system)];

    /// <summary>The same over the test rows of the tasks that belong.</summary>
    public double[] InliersOf(BoostingSystem system) => _inliers[Position(system)];

    /// <summary>The same over the test rows of the tasks that do not.</summary>
    public double[] OutliersOf(BoostingSystem system) => _outliers[Position(system)];

    /// <summary>Draws, fits and scores everything.</summary>
    /// <param name="context">Stops it.</param>
    /// <param name="report">Told the fits done and the next one.</param>
    public void Run(ReproductionContext context, Action<int, string> report)
    {
        int done = 0;
        for (int seed = 0; seed < _seeds; seed++)
        {
            SyntheticMultiTaskTables tables = SyntheticMultiTaskData.Generate(_options with { Seed = (ulong)seed });
            Outliers = tables.Outliers;
            (BoostingData train, BoostingData test) = (Data(tables.Train), Data(tables.Test!));
            HashSet<string> odd = [.. tables.Outliers];
            BoostingData belonging = Part(test, task => !odd.Contains(task)), others = Part(test, odd.Contains);
            for (int system = 0; system < BoostingSystem.All.Count; system++)
            {
                BoostingSystem booster = BoostingSystem.All[system];
                report(done++, string.Create(CultureInfo.InvariantCulture, $"scenario {(int)_options.Scenario}, {booster.Name}, seed {seed + 1} of {_seeds}"));
                BoostedModel model = new MultiTaskBooster(booster.Options(s_iterations[system]).Paper() with { Seed = (ulong)seed }).Fit(train, cancellation: context.CancellationToken);
                _all[system][seed] = BoostingScore.Of(model, test).Primary;
                _inliers[system][seed] = BoostingScore.Of(model, belonging).Primary;
                _outliers[system][seed] = odd.Count == 0 ? double.NaN : BoostingScore.Of(model, others).Primary;
                if (!booster.IsRobust) continue;
                _apart[seed] = odd.Count > 0 && odd.SetEquals(model.OutlierScores.OrderByDescending(score => score.Value).Take(odd.Count).Select(score => score.Key));
                Weights.Add(model.TaskWeights);
            }
        }
    }

    private static int Position(BoostingSystem system) => Array.IndexOf([.. BoostingSystem.All], system);

    private BoostingData Data(Table table)
    {
        float[][] columns = [.. Enumerable.Range(0, _options.Features).Select(j => ((NumericColumn)table[$"x{j}"]).Values.ToArray())];
        var features = new FeatureMatrix([.. Enumerable.Range(0, table.Rows).SelectMany(row => columns.Select(column => column[row]))], columns.Length);
        float[] labels = ((NumericColumn)table["y"]).Values.ToArray();
        string[] tasks = [.. Enumerable.Range(0, table.Rows).Select(row => table["task"].Text(row)!)];
        return _options.Classification ? BoostingData.Classification(features, labels, 2, tasks) : BoostingData.Regression(features, labels, tasks);
    }

    private static BoostingData Part(BoostingData data, Func<string, bool> chosen) => data.Take([.. Enumerable.Range(0, data.Rows).Where(row => chosen(data.Tasks!.Labels[data.TaskOfRow![row]]))]);
}
