using System.Globalization;
using Polymath.Boosting;

namespace Polymath.Reproductions.Rmtgb;

/// <summary>The five boosters as the paper runs them, on its data sets with its splits and iterations. Only the first theta is random.</summary>
internal sealed class RealDataStudy(IReadOnlyList<PaperDataSet> sets, int seeds)
{
    private readonly BoostingScore[][][] _scores = [.. sets.Select(_ => new BoostingScore[BoostingSystem.All.Count][])];

    /// <summary>Fits to do.</summary>
    public int Fits => sets.Count * BoostingSystem.All.Sum(Repeats);

    /// <summary>sigmoid(theta) of the school tasks in the last fit of R-MTGB.</summary>
    public IReadOnlyDictionary<string, double> SchoolWeights { get; private set; } = new Dictionary<string, double>();

    /// <summary>Fits and scores everything.</summary>
    /// <param name="context">Finds the data.</param>
    /// <param name="report">Told the fits done and the next one.</param>
    public void Run(ReproductionContext context, Action<int, string> report)
    {
        int done = 0;
        for (int set = 0; set < sets.Count; set++)
        {
            report(done, $"{sets[set].Name}: reading");
            BoostingTable table = sets[set].Load(context);
            BoostingData train = table.Data.Take(table.Train), test = table.Data.Take(table.Test);
            for (int system = 0; system < BoostingSystem.All.Count; system++)
            {
                BoostingSystem booster = BoostingSystem.All[system];
                _scores[set][system] = new BoostingScore[Repeats(booster)];
                for (int seed = 0; seed < _scores[set][system].Length; seed++)
                {
                    report(done++, $"{table.Name}, {booster.Name}");
                    BoostingOptions options = booster.Options(sets[set].Iterations[system]).Paper() with { Seed = (ulong)seed };
                    BoostedModel model = new MultiTaskBooster(options).Fit(train, cancellation: context.CancellationToken);
                    _scores[set][system][seed] = BoostingScore.Of(model, test);
                    if (booster.IsRobust && table.Name == "school") SchoolWeights = model.TaskWeights;
                }
            }
        }
    }

    /// <summary>Both figures of both kinds of data sets.</summary>
    public IEnumerable<ReportTable> Tables()
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"the paper's stumps, splits and iterations, R-MTGB over {seeds} initial theta; in brackets from the authors' predictions");
        foreach (bool regression in (bool[])[true, false])
        {
            int[] chosen = [.. Enumerable.Range(0, sets.Count).Where(set => sets[set].IsRegression == regression)];
            if (chosen.Length == 0) continue;
            yield return Table($"{(regression ? "Test RMSE" : "Test accuracy")}, {text}", chosen, score => score.Primary, set => set.Primary, regression ? 3 : 4);
            yield return Table($"{(regression ? "Test mean absolute error" : "Test recall, averaged over the classes")}, {text}", chosen, score => score.Secondary, set => set.Secondary, 3);
        }
    }

    /// <summary>One sentence per data set that the authors have figures of.</summary>
    public IEnumerable<ReproductionAssertion> Assertions()
    {
        for (int set = 0; set < sets.Count; set++)
        {
            if (sets[set].Primary.All(double.IsNaN)) continue;
            (double distance, int at) = Enumerable.Range(0, BoostingSystem.All.Count).Select(system => (Distance(set, system), system)).Max();
            yield return new ReproductionAssertion(
                string.Create(CultureInfo.InvariantCulture, $"{sets[set].Name}: all five within {sets[set].Tolerance} of the authors' {(sets[set].IsRegression ? "RMSE" : "accuracy")}"),
                distance <= sets[set].Tolerance,
                string.Create(CultureInfo.InvariantCulture, $"at most {distance:0.0000} off, {BoostingSystem.All[at].Name}"));
        }
    }

    // The authors' theta is one draw that is not known; the distance is that of the range over ours.
    private double Distance(int set, int system)
    {
        double official = sets[set].Primary[system];
        double[] ours = [.. _scores[set][system].Select(score => score.Primary)];
        return Math.Max(0, Math.Max(ours.Min() - official, official - ours.Max()));
    }

    private ReportTable Table(string title, int[] chosen, Func<BoostingScore, double> figure, Func<PaperDataSet, IReadOnlyList<double>> reference, int decimals)
    {
        var rows = new List<IReadOnlyList<ReportCell>>();
        foreach (int set in chosen)
        {
            IEnumerable<ReportCell> cells = BoostingSystem.All.Select((_, system) =>
            {
                double official = reference(sets[set])[system];
                return ReportCell.Over([.. _scores[set][system].Select(figure)], double.IsNaN(official) ? null : official, decimals);
            });
            rows.Add((ReportCell[])[sets[set].Name, .. cells]);
        }

        return new ReportTable(title, ["data", .. BoostingSystem.All.Select(system => system.Name)], rows);
    }

    private int Repeats(BoostingSystem system) => system.IsRobust ? seeds : 1;
}
