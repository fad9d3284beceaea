using System.Diagnostics;
using System.Globalization;
using Polymath.Learning;
using Polymath.Learning.Balancing;
using Polymath.Learning.Metrics;
using Polymath.Learning.Optimization;
using Polymath.Learning.Training;
using Polymath.Tabular;

namespace Polymath.Reproductions.Balancing;

/// <summary>
/// One table, every balancer, several seeds: the same network, rows, optimiser, epochs and batches for all, last weights scored. Nothing is
/// tuned for anyone, and a balancer is said to differ from equal weighting only where its paired differences leave their own noise.
/// </summary>
internal sealed class TableStudy(TableProblem problem, IReadOnlyList<string> balancers, int seeds)
{
    private const int BatchSize = 256;
    private const double LearningRate = 1e-3;

    /// <summary>Differences of the gain below so many points are not worth a word, however certain.</summary>
    private const double Relevant = 0.5;

    // 97.5 % quantiles of Student's t with 1, 2, ... degrees of freedom; the last one serves for more.
    private static readonly double[] s_student = [12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26];
    private readonly Dictionary<string, Result> _results = new(StringComparer.Ordinal);
    private readonly double[][] _alone = new double[seeds][];

    /// <summary>Fits to do: one per balancer and seed, and one for the single tasks together.</summary>
    public int Fits => seeds * (balancers.Count + 1);

    /// <summary>Why a balancer has no result, by name.</summary>
    public Dictionary<string, string> Failures { get; } = new(StringComparer.Ordinal);

    /// <summary>Trains everything.</summary>
    /// <param name="report">Told the fits done and the next one.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    public void Run(Action<int, string> report, CancellationToken cancellation)
    {
        TaskSet tasks = problem.Data.Tasks;
        foreach (string name in balancers) _results[name] = new Result(seeds);
        int done = 0;
        for (int seed = 0; seed < seeds; seed++)
        {
            report(done++, Text("one network per task", seed));
            TaskScore[] alone = [.. Enumerable.Range(0, tasks.Count).Select(task => Fit(new TaskSet(tasks[task]), problem.Data.Train.OfTask(task), problem.Data.Test!.OfTask(task), new EqualWeighting(), seed, cancellation).Scores[0])];
            _alone[seed] = [.. alone.Select(score => score.Metrics[problem.Metric])];
            foreach (string name in balancers)
            {
                report(done++, Text(name, seed));
                if (Failures.ContainsKey(name)) continue;
                try
                {
                    (IReadOnlyList<TaskScore> scores, double milliseconds) = Fit(tasks, problem.Data.Train, problem.Data.Test!, Balancers.Create(name), seed, cancellation);
                    _results[name].Set(seed, [.. scores.Select(score => score.Metrics[problem.Metric])], 100 * Gain(scores, alone), milliseconds);
                }
                catch (Exception exception) when (exception is BalancerException or TrainingException)
                {
                    Failures[name] = exception.Message;
                }
            }
        }
    }

    /// <summary>Mean and worst metric, gain over single tasks, difference to equal weighting, and time of a step.</summary>
    public ReportTable Table()
    {
        Result equal = _results[EqualWeighting.Descriptor.Name];
        var rows = new List<IReadOnlyList<ReportCell>>
        {
            (ReportCell[])["one network per task", ReportCell.Over([.. _alone.Select(scores => scores.Average())], decimals: 4), ReportCell.Over([.. _alone.Select(scores => scores.Min())], decimals: 4), "-", "-", "-"],
        };
        foreach (string name in balancers)
        {
            if (Failures.ContainsKey(name))
            {
                rows.Add((ReportCell[])[name, "failed", "failed", "failed", "-", "-"]);
                continue;
            }

            Result result = _results[name];
            double relative = result.Milliseconds.Min() / equal.Milliseconds.Min();
            rows.Add((ReportCell[])
            [
                name,
                ReportCell.Over([.. result.Scores.Select(scores => scores.Average())], decimals: 4),
                ReportCell.Over([.. result.Scores.Select(scores => scores.Min())], decimals: 4),
                ReportCell.Over(result.Gains),
                ReferenceEquals(result, equal) ? "-" : Verdict(Differences(result, equal)),
                ReportCell.Number(relative),
            ]);
        }

        string seedText = seeds == 1 ? "one seed" : string.Create(CultureInfo.InvariantCulture, $"{seeds} seeds");
        int rowCount = problem.Data.Train.Rows;
        return new ReportTable(
            string.Create(CultureInfo.InvariantCulture, $"{problem.Name}: test {(problem.Metric == "auc" ? "AUC" : "R2")} of {problem.Data.Tasks.Count} tasks, {rowCount:N0} training rows, {problem.Epochs} epochs, {seedText}"),
            ["balancer", "mean", "worst task", "gain %", "beside ew", "time"],
            rows);
    }

    // Gain minus that of equal weighting with the same seed.
    private static double[] Differences(Result result, Result equal) => [.. result.Gains.Zip(equal.Gains, (ours, theirs) => ours - theirs)];

    private static string Verdict(double[] differences)
    {
        if (differences.Length < 2) return "one seed";
        Spread spread = Spread.Of(differences);
        double quantile = s_student[Math.Min(differences.Length - 2, s_student.Length - 1)];
        if (Math.Abs(spread.Mean) <= quantile * spread.Deviation / Math.Sqrt(differences.Length)) return "within noise";
        if (Math.Abs(spread.Mean) < Relevant) return "the same";
        return string.Create(CultureInfo.InvariantCulture, $"{(spread.Mean > 0 ? "better" : "worse")} by {Math.Abs(spread.Mean):0.0}");
    }

    private static double Gain(IReadOnlyList<TaskScore> scores, IReadOnlyList<TaskScore> alone)
    {
        TaskGain[] entries = [.. scores.Zip(alone, (ours, single) => ours.Metrics.ContainsKey("rmse")
            ? new TaskGain(ours.Task, "rmse", false, single.Metrics["rmse"], ours.Metrics["rmse"])
            : new TaskGain(ours.Task, ours.Primary, ours.HigherIsBetter, single.Metrics[ours.Primary], ours.Metrics[ours.Primary]))];
        return MultiTaskGain.Delta(entries);
    }

    private (IReadOnlyList<TaskScore> Scores, double Milliseconds) Fit(TaskSet tasks, Dataset train, Dataset test, Balancer balancer, int seed, CancellationToken cancellation)
    {
        var model = new SharedBottom(problem.Data.Schema, tasks, new SharedBottomOptions { BottomHidden = [64, 32], TowerHidden = [16] }, (ulong)seed);
        var ends = new List<long>();
        var trainer = new Trainer(model)
        {
            Optimizer = new Adam(LearningRate),
            Schedule = Schedules.Create("cosine"),
            Balancer = balancer,
            Options = new TrainerOptions { Epochs = problem.Epochs, BatchSize = BatchSize, Seed = (ulong)seed, ConflictSamples = 0, Patience = 0 },
            OnStep = (in StepRecord _) => ends.Add(Stopwatch.GetTimestamp()),
        };
        FitResult result = trainer.Fit(train, cancellation: cancellation);
        if (!result.Completed) throw new OperationCanceledException(cancellation);
        double[] intervals = [.. ends.Zip(ends.Skip(1), (one, next) => Stopwatch.GetElapsedTime(one, next).TotalMilliseconds).Order()];
        return (Evaluation.Score(model, test), intervals.Length == 0 ? double.NaN : intervals[intervals.Length / 2]);
    }

    private string Text(string what, int seed) => string.Create(CultureInfo.InvariantCulture, $"{problem.Name}, {what}, seed {seed + 1} of {seeds}");

    private sealed class Result(int seeds)
    {
        public double[][] Scores { get; } = new double[seeds][];

        public double[] Gains { get; } = new double[seeds];

        public double[] Milliseconds { get; } = new double[seeds];

        public void Set(int seed, double[] scores, double gain, double milliseconds) => (Scores[seed], Gains[seed], Milliseconds[seed]) = (scores, gain, milliseconds);
    }
}
