using System.Globalization;
using Polymath.Tabular;
using Polymath.Tabular.Comparing;

namespace Polymath.Reproductions.Tables;

/// <summary>The comparisons of all models, table by table, and what they say together.</summary>
internal sealed class ModelStudy
{
    private const string Alone = "single-task";
    private readonly List<(StudyTable Table, ComparisonResult Result)> _results = [];
    private readonly List<(string Model, string Table, string Reason)> _skipped = [];

    /// <summary>The models, in the order of the registry.</summary>
    public IReadOnlyList<string> Models { get; } = [.. TabularModels.All.Select(model => model.Name)];

    /// <summary>Trainings that were begun and failed.</summary>
    public List<string> Failures { get; } = [];

    /// <summary>Which models were not tried on which tables, and why.</summary>
    public IEnumerable<(string Model, string Tables, string Reason)> Skipped => _skipped.GroupBy(skipped => (skipped.Model, skipped.Reason)).Select(group => (group.Key.Model, string.Join(", ", group.Select(skipped => skipped.Table)), group.Key.Reason));

    /// <summary>Compares all models on a table.</summary>
    public void Add(StudyTable table, int seeds, string journal, Action<ComparisonProgress> progress, CancellationToken cancellation)
    {
        var models = new List<string>();
        foreach (string model in ComparableModels.All)
        {
            if (ComparableModels.Reason(model, table) is not { } reason) models.Add(model);
            else _skipped.Add((model.Split(':')[0], table.Name, reason));
        }

        var settings = new ComparisonSettings { Models = models, Seeds = seeds, Epochs = table.Epochs, BatchSize = table.BatchSize, Patience = table.Patience };
        ComparisonResult result = Comparison.Run(settings, table.Data, journal, progress, cancellation);
        Failures.AddRange(result.Cells.Where(cell => cell.Failure is not null).Select(cell => $"{cell.Cell.Label} failed on {table.Name}: {cell.Failure}"));
        _results.Add((table, result));
    }

    /// <summary>Whether a model has a result anywhere.</summary>
    public bool HasResult(string model) => _results.Any(entry => Cell(entry.Result, model) is not null);

    /// <summary>A table of scores per kind, one of gains, and the overall one.</summary>
    public IReadOnlyList<ReportTable> Tables()
    {
        var tables = new List<ReportTable> { Overall("all tables", _results) };
        foreach (IGrouping<string, (StudyTable Table, ComparisonResult Result)> kind in _results.GroupBy(entry => entry.Table.Kind))
        {
            (StudyTable Table, ComparisonResult Result)[] entries = [.. kind];
            if (entries.Length > 1 && entries.Length < _results.Count) tables.Add(Overall(kind.Key, entries));
            tables.Add(Scores(kind.Key, entries));
        }

        tables.Add(Gains());
        return tables;
    }

    private static CellResult? Cell(ComparisonResult result, string model) => result.Cells.FirstOrDefault(cell => cell.Cell.Label == model && cell.HasResult);

    private ReportTable Scores(string kind, (StudyTable Table, ComparisonResult Result)[] entries) => new(
        $"{Upper(kind)}: mean over tasks on the test rows",
        ["model", .. entries.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Table.Name}, {entry.Table.Data.Tasks.Count} tasks ({entry.Table.Metric})"))],
        [.. Models.Select(model => (IReadOnlyList<ReportCell>)(ReportCell[])[model, .. entries.Select(entry => Score(entry.Result, model))])]);

    private static ReportCell Score(ComparisonResult result, string model)
        => Cell(result, model) is { } cell && cell.Mean.Values.Where(double.IsFinite).ToArray() is { Length: > 0 } values ? ReportCell.Over(values, decimals: 4) : "-";

    private ReportTable Gains() => new(
        "Delta_m over one network per task, in percent",
        ["model", .. _results.Select(entry => entry.Table.Name)],
        [.. Models.Where(model => model != Alone).Select(model => (IReadOnlyList<ReportCell>)(ReportCell[])[model, .. _results.Select(entry => Gain(entry.Result, model))])]);

    private static ReportCell Gain(ComparisonResult result, string model)
        => Cell(result, model)?.Gain is { } gain && gain.Values.Where(double.IsFinite).ToArray() is { Length: > 0 } values ? ReportCell.Over(values, decimals: 1) : "-";

    // Ranks need models and tables without gaps: tables on which most models have a result, then models with a result on all of them.
    private ReportTable Overall(string kind, IReadOnlyList<(StudyTable Table, ComparisonResult Result)> entries)
    {
        string[] ranked = [.. Models.Where(model => entries.Count(entry => Cell(entry.Result, model) is not null) * 2 > entries.Count)];
        (StudyTable Table, ComparisonResult Result)[] full = [.. entries.Where(entry => ranked.All(model => Cell(entry.Result, model) is not null))];
        var rows = new List<(double Order, ReportCell[] Cells)>();
        foreach (string model in Models)
        {
            (CellResult Ours, CellResult Alone)[] pairs = [.. entries.Select(entry => (Ours: Cell(entry.Result, model), Alone: Cell(entry.Result, Alone))).Where(pair => pair is { Ours: not null, Alone: not null }).Select(pair => (pair.Ours!, pair.Alone!))];
            if (pairs.Length == 0) continue;
            double rank = full.Length == 0 || !ranked.Contains(model) ? double.NaN : full.Average(entry => 1.0 + ranked.Count(other => Cell(entry.Result, other)!.Mean.Mean > Cell(entry.Result, model)!.Mean.Mean));
            double[] gains = [.. pairs.Select(pair => pair.Ours.Gain?.Mean ?? double.NaN).Where(double.IsFinite)];
            int better = pairs.Count(pair => pair.Ours.Mean.Difference is { IsClear: true, Mean: > 0 }), worse = pairs.Count(pair => pair.Ours.Mean.Difference is { IsClear: true, Mean: < 0 });
            rows.Add((double.IsNaN(rank) ? double.PositiveInfinity : rank,
            [
                model,
                double.IsNaN(rank) ? "-" : ReportCell.Number(rank, decimals: 1),
                model == Alone || gains.Length == 0 ? "-" : ReportCell.Number(Median(gains), decimals: 1),
                model == Alone ? "-" : string.Create(CultureInfo.InvariantCulture, $"{better} / {pairs.Length - better - worse} / {worse}"),
                ReportCell.Number(Geometric(pairs.Select(pair => (double)pair.Ours.Parameters / pair.Alone.Parameters))),
                ReportCell.Number(Geometric(pairs.Select(pair => pair.Ours.Seconds / pair.Ours.Epochs / (pair.Alone.Seconds / pair.Alone.Epochs)))),
            ]));
        }

        return new ReportTable(
            string.Create(CultureInfo.InvariantCulture, $"{Upper(kind)}: mean rank over {full.Length} tables, median Delta_m in percent, tables on which it is better / within noise / worse than one network per task, and its parameters and time of an epoch relative to that"),
            ["model", "rank", "Delta_m", "better / noise / worse", "parameters", "time"],
            [.. rows.OrderBy(row => row.Order).Select(row => (IReadOnlyList<ReportCell>)row.Cells)]);
    }

    private static double Median(double[] values)
    {
        double[] ordered = [.. values.Order()];
        int half = ordered.Length / 2;
        return ordered.Length % 2 == 1 ? ordered[half] : (ordered[half - 1] + ordered[half]) / 2;
    }

    private static double Geometric(IEnumerable<double> ratios) => Math.Exp(ratios.Average(Math.Log));

    private static string Upper(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
