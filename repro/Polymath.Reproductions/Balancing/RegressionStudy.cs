using System.Globalization;
using Polymath.Learning;
using Polymath.Learning.Balancing;
using Polymath.Learning.Optimization;
using Polymath.Learning.Training;
using Polymath.Tensors;

namespace Polymath.Reproductions.Balancing;

/// <summary>Trains <see cref="EncoderWithHeads"/> on <see cref="ScaledRegression"/> with every balancer, and one network per task for comparison.</summary>
internal sealed class RegressionStudy
{
    private const int Epochs = 60, BatchSize = 128;
    private const double LearningRate = 2e-3;

    // Test R2 (mean of the tasks, worst task) of LibMTL's own classes on this problem, from two seeds (the first row) or one.
    private static readonly (string Name, double Mean, double Worst)[] s_official =
    [
        ("ew", 0.25, -0.14), ("uw", 0.13, -0.43), ("dwa", 0.24, -0.19), ("rlw", 0.19, -0.14), ("gradnorm", 0.35, -0.14), ("pcgrad", 0.44, -0.19),
        ("gradvac", 0.36, -0.26), ("mgda", 0.54, 0.06), ("cagrad", 0.48, 0.08), ("gls", 0.61, 0.02), ("imtl", 0.84, 0.46), ("famo", 0.61, 0.00),
        ("aligned", 0.36, -0.28), ("stch", 0.78, 0.05), ("upgrad", 0.34, -0.18), ("moco", 0.21, -0.14), ("nash", 0.85, 0.48), ("db-mtl", 0.88, 0.82),
    ];

    private readonly int _seeds;
    private readonly Dictionary<string, Result> _results = new(StringComparer.Ordinal);

    /// <param name="balancers">Registry names.</param>
    /// <param name="seeds">Data sets and networks to average over.</param>
    public RegressionStudy(IReadOnlyList<string> balancers, int seeds) => (Balancers, _seeds) = (balancers, seeds);

    /// <summary>The balancers compared.</summary>
    public IReadOnlyList<string> Balancers { get; }

    /// <summary>Fits to do: one per seed and balancer, and one for the single tasks together.</summary>
    public int Fits => _seeds * (Balancers.Count + 1);

    /// <summary>Why a balancer has no result, by name.</summary>
    public Dictionary<string, string> Failures { get; } = new(StringComparer.Ordinal);

    private double[] SingleMean { get; set; } = [];

    private double[] SingleWorst { get; set; } = [];

    /// <summary>Trains everything.</summary>
    /// <param name="report">Told the fits done and the next one.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    public void Run(Action<int, string> report, CancellationToken cancellation)
    {
        (SingleMean, SingleWorst) = (new double[_seeds], new double[_seeds]);
        foreach (string name in Balancers) _results[name] = new Result(new double[_seeds], new double[_seeds]);
        int done = 0;
        for (int seed = 0; seed < _seeds; seed++)
        {
            RandomStream root = new RandomStream((ulong)seed).Derive("scaled regression");
            ScaledRegression data = ScaledRegression.Draw(root.Derive("data"));
            report(done++, Text("one network per task", seed));
            double[] alone = [.. Enumerable.Range(0, ScaledRegression.Tasks.Count).Select(task => Fit(new TaskSet(ScaledRegression.Tasks[task]), data.Train.OfTask(task), data.Test.OfTask(task), new EqualWeighting(), seed, root, cancellation)[0])];
            (SingleMean[seed], SingleWorst[seed]) = (alone.Average(), alone.Min());
            foreach (string name in Balancers)
            {
                report(done++, Text(name, seed));
                if (Failures.ContainsKey(name)) continue;
                try
                {
                    double[] scores = Fit(ScaledRegression.Tasks, data.Train, data.Test, Learning.Balancing.Balancers.Create(name), seed, root, cancellation);
                    (_results[name].Mean[seed], _results[name].Worst[seed]) = (scores.Average(), scores.Min());
                }
                catch (Exception exception) when (exception is BalancerException or TrainingException)
                {
                    Failures[name] = exception.Message;
                }
            }
        }
    }

    /// <summary>Mean and worst R2 of every balancer beside the official figures.</summary>
    public ReportTable Table()
    {
        var rows = new List<IReadOnlyList<ReportCell>> { (ReportCell[])["one network per task", ReportCell.Over(SingleMean), ReportCell.Over(SingleWorst)] };
        foreach (string name in Balancers)
        {
            int official = Array.FindIndex(s_official, entry => entry.Name == name);
            (double? mean, double? worst) = official < 0 ? (null, null) : ((double?)s_official[official].Mean, (double?)s_official[official].Worst);
            rows.Add(Failures.ContainsKey(name)
                ? (ReportCell[])[name, "failed", "failed"]
                : [name, ReportCell.Over(_results[name].Mean, mean), ReportCell.Over(_results[name].Worst, worst)]);
        }

        string seeds = _seeds == 1 ? "one seed" : string.Create(CultureInfo.InvariantCulture, $"{_seeds} seeds");
        return new ReportTable($"Regression with targets of scale 0.01 to 100: test R2 after {Epochs} epochs, {seeds} (mean ± standard deviation)", ["balancer", "mean of 5 tasks", "worst task"], rows);
    }

    /// <summary>Means over the seeds; NaN for a balancer that is missing or failed.</summary>
    public (Spread Mean, Spread Worst) Of(string name) => _results.TryGetValue(name, out Result? result) && !Failures.ContainsKey(name)
        ? (Spread.Of(result.Mean), Spread.Of(result.Worst))
        : (new Spread(double.NaN, double.NaN, 0), new Spread(double.NaN, double.NaN, 0));

    private string Text(string what, int seed) => string.Create(CultureInfo.InvariantCulture, $"regression, {what}, seed {seed + 1} of {_seeds}");

    // R2 of each task on the test rows.
    private static double[] Fit(TaskSet tasks, ArrayDataset train, ArrayDataset test, Balancer balancer, int seed, RandomStream root, CancellationToken cancellation)
    {
        var model = new EncoderWithHeads(ScaledRegression.Features, tasks, root.Derive("weights"));
        var trainer = new Trainer(model)
        {
            Optimizer = new Adam(LearningRate),
            Balancer = balancer,
            Options = new TrainerOptions { Epochs = Epochs, BatchSize = BatchSize, Seed = (ulong)seed, ConflictSamples = 0 },
        };
        FitResult result = trainer.Fit(train, cancellation: cancellation);
        if (!result.Completed) throw new OperationCanceledException(cancellation);
        return [.. Evaluation.Score(model, test).Select(score => score.Metrics["r2"])];
    }

    private sealed record Result(double[] Mean, double[] Worst);
}
