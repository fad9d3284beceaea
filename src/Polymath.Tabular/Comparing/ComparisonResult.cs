using Polymath.Data.Runs;
using Polymath.Learning;
using Polymath.Learning.Metrics;
using Polymath.Learning.Reporting;
using Polymath.Learning.Training;

namespace Polymath.Tabular.Comparing;

/// <summary>A finished comparison: what every cell reached, and how it differs from the reference.</summary>
public sealed record ComparisonResult
{
    /// <summary>What was compared on.</summary>
    public required string Name { get; init; }

    /// <summary>Which rows the scores are of: "test", "validation", or empty when none were held out.</summary>
    public required string Split { get; init; }

    /// <summary>Training rows.</summary>
    public required int TrainRows { get; init; }

    /// <summary>Rows scored.</summary>
    public required int ScoredRows { get; init; }

    /// <summary>Trainings of every cell.</summary>
    public required int Seeds { get; init; }

    /// <summary>The tasks.</summary>
    public required IReadOnlyList<ComparedTask> Tasks { get; init; }

    /// <summary>The cells, in the order of the grid.</summary>
    public required IReadOnlyList<CellResult> Cells { get; init; }

    /// <summary>Position of the cell that the others are compared with.</summary>
    public required int Reference { get; init; }

    /// <summary>Things worth telling.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The cells with a result, best mean first.</summary>
    public IEnumerable<CellResult> Ranked => Cells.Where(cell => cell.HasResult).OrderByDescending(cell => double.IsNaN(cell.Mean.Mean) ? double.NegativeInfinity : cell.Mean.Mean);

    internal static ComparisonResult Of(ComparisonSettings settings, TabularData data, IReadOnlyList<ComparisonCell> cells, int reference, IReadOnlyList<ComparisonRun[]> runs)
    {
        int single = Enumerable.Range(0, cells.Count).FirstOrDefault(cell => cells[cell].Model.Split(':')[0] == SingleTask.RegistryName, -1);
        var notes = new List<string>(data.Notes);
        CellResult[] results = [.. cells.Select((cell, c) => CellOf(cell, c, data.Tasks, runs, reference, single))];
        notes.AddRange(results.Where(result => result.Failure is not null).Select(result => $"{result.Cell.Label} has no result{(result.HasResult ? $" for {result.Runs.Count - result.Finished.Count} of {result.Runs.Count} seeds" : string.Empty)}: {Reason(result)}"));
        if (data.Headline is null) notes.Add("No rows were held out, so nothing is scored; give --test-fraction, --validation or --test.");
        if (results.Any(result => result.Gain is not null) && data.Tasks.Any(GainMetric.Differs)) notes.Add(GainMetric.Note);
        return new ComparisonResult
        {
            Name = settings.Data.Length == 0 ? data.Source : SourceAddress.NameOf(settings.Data),
            Split = data.Test is not null ? "test" : data.Validation is not null ? "validation" : string.Empty,
            TrainRows = data.Train.Rows,
            ScoredRows = data.Headline?.Rows ?? 0,
            Seeds = settings.Seeds,
            Tasks = [.. data.Tasks.Select((target, task) => TaskOf(target, results.SelectMany(result => result.Finished).FirstOrDefault(run => run.Scores.Count > task)?.Scores[task].Observed ?? 0))],
            Cells = results,
            Reference = reference,
            Notes = notes,
        };
    }

    // A model that refuses says its name first.
    private static string Reason(CellResult cell)
    {
        string failure = cell.Failure!, name = $"{cell.Cell.Model.Split(':')[0]}: ";
        return failure.StartsWith(name, StringComparison.Ordinal) ? failure[name.Length..] : failure;
    }

    private static ComparedTask TaskOf(Target target, int rows)
    {
        Metric metric = Evaluation.PrimaryMetric(target);
        return new ComparedTask(target.Name, target.Kind.ToString().ToLowerInvariant(), metric.Name, metric.HigherIsBetter, rows);
    }

    private static CellResult CellOf(ComparisonCell cell, int at, TaskSet tasks, IReadOnlyList<ComparisonRun[]> runs, int reference, int single)
    {
        ComparisonRun[] ours = runs[at], others = runs[reference];
        CellScore[] scores = [.. tasks.Select((_, task) => Score(run => ValueOf(run, task), run => run.Resampled.Count > task ? run.Resampled[task] : []))];
        CellScore mean = Score(run => run.Scores.Count == 0 ? double.NaN : Evaluation.MeanUtility(run.Scores), MeanOfDraws);
        return new CellResult(cell, ours, scores, mean, single < 0 || single == at ? null : GainOf(tasks, ours, runs[single]));

        CellScore Score(Func<ComparisonRun, double> value, Func<ComparisonRun, double[]> draws)
        {
            double[] values = [.. ours.Select(value)];
            PairedDifference? difference = at == reference ? null : PairedDifference.Of(values, [.. others.Select(value)], [.. ours.Select(draws)], [.. others.Select(draws)]);
            return new CellScore(values, difference is { Seeds: > 0 } ? difference : null);
        }
    }

    private static double ValueOf(ComparisonRun run, int task) => run.Scores.Count > task ? run.Scores[task].Value : double.NaN;

    // The mean over tasks on every resample: the rows of a resample are the same for all tasks whose labels are complete.
    private static double[] MeanOfDraws(ComparisonRun run)
    {
        int draws = run.Resampled.Count == 0 ? 0 : run.Resampled.Min(values => values.Length);
        double[] means = new double[draws];
        for (int draw = 0; draw < draws; draw++)
        {
            means[draw] = Evaluation.MeanUtility([.. run.Scores.Select((score, task) => score with { Metrics = new Dictionary<string, double> { [score.Primary] = run.Resampled[task][draw] } })]);
        }

        return means;
    }

    private static CellScore? GainOf(TaskSet tasks, ComparisonRun[] ours, ComparisonRun[] singles)
    {
        double[] gains = [.. ours.Zip(singles, (run, single) => tasks
            .Select((target, task) => run.Scores.Count > task && single.Scores.Count > task ? TaskComparison.GainOf(target, run.Scores[task], single.Scores[task], []) : null)
            .OfType<double>().DefaultIfEmpty(double.NaN).Average())];
        return gains.Any(double.IsFinite) ? new CellScore(gains, null) : null;
    }
}
