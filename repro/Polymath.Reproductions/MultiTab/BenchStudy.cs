using System.Globalization;
using Polymath.Data.Generators;
using Polymath.Learning;
using Polymath.Learning.Optimization;
using Polymath.Learning.Training;
using Polymath.Tabular;

namespace Polymath.Reproductions.MultiTab;

/// <summary>
/// MultiTab-Bench with five tasks of degrees 1, 3, 2, 3, 2: every network on the same rows with the same first seed and batches, one table of
/// its own per seed. Test rows are drawn fresh with the weights of the training rows, which the official generator does not do.
/// </summary>
internal sealed class BenchStudy(IReadOnlyList<BenchModel> models, int seeds, int rows, int testRows, int epochs)
{
    /// <summary>Rows of a step.</summary>
    public const int BatchSize = 256;

    private const int Features = 12;
    private const double Correlation = 0.4, LearningRate = 1e-3;
    private const string Metric = "explained_variance";
    private static readonly int[] s_degrees = [1, 3, 2, 3, 2];

    private readonly Dictionary<BenchModel, Outcome[]> _outcomes = models.ToDictionary(model => model, _ => new Outcome[seeds]);

    /// <summary>Fits to do.</summary>
    public int Fits => seeds * models.Count;

    /// <summary>Trains everything.</summary>
    /// <param name="report">Told the fits done and the next one.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    public void Run(Action<int, string> report, CancellationToken cancellation)
    {
        int done = 0;
        for (int seed = 0; seed < seeds; seed++)
        {
            TabularData data = Generate((ulong)seed);
            foreach (BenchModel model in models)
            {
                report(done++, string.Create(CultureInfo.InvariantCulture, $"{model.Name}, seed {seed + 1} of {seeds}"));
                _outcomes[model][seed] = Fit(model.Create(data.Schema, data.Tasks, (ulong)seed), data, (ulong)seed, cancellation);
            }
        }
    }

    /// <summary>Mean explained variance of the tasks on test rows, by seed.</summary>
    public double[] Scores(BenchModel model) => [.. _outcomes[model].Select(outcome => outcome.Scores.Average())];

    /// <summary>Explained variance in all and by task, and the size of the network.</summary>
    /// <param name="title">What the table shows.</param>
    /// <param name="shown">Its rows.</param>
    public ReportTable Table(string title, IReadOnlyList<BenchModel> shown)
    {
        string seedText = seeds == 1 ? "one seed" : string.Create(CultureInfo.InvariantCulture, $"{seeds} seeds (mean ± standard deviation)");
        return new ReportTable(
            string.Create(CultureInfo.InvariantCulture, $"{title}: explained variance on {testRows:N0} test rows, {rows:N0} training rows, {epochs} epochs, {seedText}"),
            ["network", "mean", .. s_degrees.Select((degree, t) => string.Create(CultureInfo.InvariantCulture, $"y{t} (degree {degree})")), "parameters"],
            [.. shown.Select(model => (IReadOnlyList<ReportCell>)(ReportCell[])
            [
                model.Name,
                ReportCell.Over(Scores(model), model.Reference, 4),
                .. s_degrees.Select((_, t) => ReportCell.Over([.. _outcomes[model].Select(outcome => outcome.Scores[t])], decimals: 3)),
                ReportCell.Number(_outcomes[model][0].Parameters, decimals: 0),
            ])]);
    }

    private TabularData Generate(ulong seed)
    {
        MultiTabBenchData tables = MultiTabBench.Generate(new MultiTabBenchOptions { Tasks = s_degrees.Length, Features = Features, Correlation = Correlation, Degrees = s_degrees, Rows = rows, TestRows = testRows, Seed = seed });
        var tasks = new TaskSet([.. s_degrees.Select((_, t) => Target.Regression(string.Create(CultureInfo.InvariantCulture, $"y{t}")))]);
        return tables.Train.Encode(tasks, new Data.Split([.. Enumerable.Range(0, rows)], [], []), tables.Test);
    }

    private Outcome Fit(TabularModel model, TabularData data, ulong seed, CancellationToken cancellation)
    {
        var trainer = new Trainer(model)
        {
            Optimizer = new AdamW(LearningRate, weightDecay: 0),
            Options = new TrainerOptions { Epochs = epochs, BatchSize = BatchSize, Seed = seed, ConflictSamples = 0, Patience = 0 },
        };
        if (!trainer.Fit(data.Train, cancellation: cancellation).Completed) throw new OperationCanceledException(cancellation);
        return new Outcome([.. Evaluation.Score(model, data.Test!).Select(score => score.Metrics[Metric])], model.ParameterCount);
    }

    private sealed record Outcome(double[] Scores, long Parameters);
}
