using System.Globalization;
using Polymath.Boosting;

namespace Polymath.Reproductions.Rmtgb;

/// <summary>
/// What the paper does not try: larger trees with Newton leaves for all five boosters, at the same number of iterations for each row, on
/// several random splits. Nothing is tuned for anyone.
/// </summary>
internal sealed class BeyondStudy
{
    private const double Percent = 100;
    private static readonly BlockIterations[] s_iterations = [new(50, 50, 50), new(75, 0, 75), new(0, 0, 150), new(0, 0, 150), new(0, 0, 150)];
    private static readonly TreeVariant[] s_variants = [TreeVariant.Stumps, TreeVariant.Histogram(4), TreeVariant.Histogram(15), TreeVariant.Histogram(31)];
    private static readonly ThetaStep[] s_steps = [ThetaStep.Sum, ThetaStep.Mean, ThetaStep.Newton];
    private const int StepLeaves = 15;
    private readonly PaperDataSet[] _sets;
    private readonly int _splits;
    private readonly double[][][][] _scores;
    private readonly double[][][] _byStep;

    /// <param name="sets">The data.</param>
    /// <param name="splits">Random splits.</param>
    public BeyondStudy(IEnumerable<PaperDataSet> sets, int splits)
    {
        (_sets, _splits) = ([.. sets], splits);
        _scores = [.. _sets.Select(_ => s_variants.Select(_ => BoostingSystem.All.Select(_ => new double[splits]).ToArray()).ToArray())];
        _byStep = [.. _sets.Select(_ => s_steps.Select(_ => new double[splits]).ToArray())];
    }

    /// <summary>Fits to do.</summary>
    public int Fits => _sets.Length * _splits * ((s_variants.Length * BoostingSystem.All.Count) + s_steps.Length - 1);

    /// <summary>Fits and scores everything.</summary>
    /// <param name="context">Finds the data.</param>
    /// <param name="report">Told the fits done and the next one.</param>
    public void Run(ReproductionContext context, Action<int, string> report)
    {
        int done = 0;
        for (int set = 0; set < _sets.Length; set++)
        {
            BoostingTable all = _sets[set].Load(context);
            for (int split = 0; split < _splits; split++)
            {
                BoostingTable table = all.Split((uint)split);
                BoostingData train = table.Data.Take(table.Train), test = table.Data.Take(table.Test);
                for (int system = 0; system < BoostingSystem.All.Count; system++)
                {
                    for (int variant = 0; variant < s_variants.Length; variant++) _scores[set][variant][system][split] = Score(BoostingSystem.All[system], s_variants[variant], s_iterations[system]);
                }

                for (int step = 0; step < s_steps.Length; step++)
                {
                    int same = Position(TreeVariant.Histogram(StepLeaves));
                    _byStep[set][step][split] = s_steps[step] == ThetaStep.Sum ? _scores[set][same][0][split] : Score(BoostingSystem.Robust, TreeVariant.Histogram(StepLeaves, s_steps[step]), s_iterations[0]);
                }

                double Score(BoostingSystem system, TreeVariant variant, BlockIterations iterations)
                {
                    report(done++, string.Create(CultureInfo.InvariantCulture, $"{table.Name}, {variant.Name}, {system.Name}, split {split + 1} of {_splits}"));
                    BoostingOptions options = variant.Grow(system.Options(iterations)) with { Seed = (ulong)split };
                    return BoostingScore.Of(new MultiTaskBooster(options).Fit(train, cancellation: context.CancellationToken), test).Primary;
                }
            }
        }
    }

    /// <summary>All figures, what R-MTGB gains, and the three steps of theta.</summary>
    public IEnumerable<ReportTable> Tables()
    {
        string over = string.Create(CultureInfo.InvariantCulture, $"{_splits} random splits");
        string[] systems = [.. BoostingSystem.All.Select(system => system.Name)];
        foreach (bool regression in (bool[])[true, false])
        {
            int[] chosen = [.. Enumerable.Range(0, _sets.Length).Where(set => _sets[set].IsRegression == regression)];
            if (chosen.Length == 0) continue;
            yield return new ReportTable(
                $"{(regression ? "Test RMSE" : "Test accuracy")} with larger trees, 150 iterations for every row, {over}",
                ["data", "trees", .. systems],
                [.. chosen.SelectMany(set => s_variants.Select((variant, at) => (ReportCell[])[_sets[set].Name, variant.Name, .. _scores[set][at].Select(scores => ReportCell.Over(scores, decimals: regression ? 3 : 4))]))]);
        }

        yield return new ReportTable(
            $"What R-MTGB gains, in percent of the other's RMSE or share of errors, {over}; below 0 it loses",
            ["data", "trees", .. systems.Skip(1).Select(system => $"over {system}"), "over its stumps"],
            [.. _sets.SelectMany((set, i) => s_variants.Select((variant, at) => (ReportCell[])[set.Name, variant.Name, .. Enumerable.Range(1, systems.Length - 1).Select(system => ReportCell.Over(Gains(i, _scores[i][at][0], _scores[i][at][system]), decimals: 1)), at == 0 ? "-" : ReportCell.Over(Gains(i, _scores[i][at][0], _scores[i][0][0]), decimals: 1)]))]);
        yield return new ReportTable(
            $"Which wins where: the best of the five with the paper's stumps and with larger trees, by the mean over the same rows that it is judged on, and what the larger ones gain in percent of the error, {over}",
            ["data", "stumps", "larger trees", "gain"],
            [.. _sets.Select((set, i) =>
            {
                (double[] stumps, ReportCell first) = Best(i, [0]);
                (double[] larger, ReportCell second) = Best(i, Enumerable.Range(1, s_variants.Length - 1));
                return (ReportCell[])[set.Name, first, second, ReportCell.Over(Gains(i, larger, stumps), decimals: 1)];
            })]);
        yield return new ReportTable(
            $"R-MTGB with {StepLeaves} leaves by how theta moves: test RMSE or accuracy, {over}",
            ["data", .. s_steps.Select(step => step.ToString())],
            [.. _sets.Select((set, i) => (ReportCell[])[set.Name, .. _byStep[i].Select(scores => ReportCell.Over(scores, decimals: set.IsRegression ? 3 : 4))])]);
    }

    /// <summary>Who wins how often, as sentences that need not hold.</summary>
    public IEnumerable<ReproductionAssertion> Assertions()
    {
        foreach (TreeVariant trees in (TreeVariant[])[TreeVariant.Stumps, TreeVariant.Histogram(StepLeaves)])
        {
            int variant = Position(trees);
            yield return Wins($"{trees.Name}: R-MTGB is no worse than MTGB, in the mean of the splits, on most data sets", set => Gains(set, _scores[set][variant][0], _scores[set][variant][1]));
            yield return Wins($"{trees.Name}: R-MTGB is no worse than single-task boosting on most data sets", set => Gains(set, _scores[set][variant][0], _scores[set][variant][2]));
            if (variant > 0) yield return Wins($"{trees.Name}: R-MTGB is no worse than with the paper's stumps on most data sets", set => Gains(set, _scores[set][variant][0], _scores[set][0][0]));
        }
    }

    private static int Position(TreeVariant variant) => Array.FindIndex(s_variants, other => other.Name == variant.Name);

    /// <summary>The best of some trees on one data set, and the cell that names it.</summary>
    private (double[] Scores, ReportCell Cell) Best(int set, IEnumerable<int> variants)
    {
        IEnumerable<(int Variant, int System)> all = variants.SelectMany(variant => Enumerable.Range(0, BoostingSystem.All.Count).Select(system => (variant, system)));
        (int variant, int system) = _sets[set].IsRegression ? all.MinBy(Mean) : all.MaxBy(Mean);
        double[] scores = _scores[set][variant][system];
        string trees = variant == 0 ? string.Empty : $", {s_variants[variant].Name}";
        return (scores, $"{BoostingSystem.All[system].Name}{trees}");

        double Mean((int Variant, int System) of) => _scores[set][of.Variant][of.System].Average();
    }

    private ReproductionAssertion Wins(string sentence, Func<int, double[]> gains)
    {
        string[] worse = [.. Enumerable.Range(0, _sets.Length).Where(set => gains(set).Average() < 0).Select(set => _sets[set].Name)];
        int better = _sets.Length - worse.Length;
        string listed = worse.Length == 0 ? string.Empty : $"; worse on {string.Join(", ", worse)}";
        return new ReproductionAssertion(sentence, 2 * better > _sets.Length, string.Create(CultureInfo.InvariantCulture, $"{better} of {_sets.Length}{listed}"), Required: false);
    }

    private double[] Gains(int set, double[] ours, double[] others) => [.. ours.Zip(others, (one, other) => Percent * (_sets[set].IsRegression ? 1 - (one / other) : other >= 1 ? 0 : 1 - ((1 - one) / (1 - other))))];
}
