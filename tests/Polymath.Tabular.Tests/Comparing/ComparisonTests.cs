using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Polymath.Data;
using Polymath.Data.Runs;
using Polymath.Learning.Balancing;
using Polymath.Tabular;
using Polymath.Tabular.Comparing;
using Polymath.Tabular.Runs;

namespace Polymath.Tests;

public sealed partial class ComparisonTests : IDisposable
{
    private const string Shared = "shared-bottom:bottom-hidden=8,tower-hidden=4,embedding-width=2", Alone = "single-task:bottom-hidden=8,tower-hidden=4,embedding-width=2";
    private readonly TemporaryFolder _temporary = new();
    private readonly string _data;

    public ComparisonTests() => _data = _temporary.Write("small.csv", SmallTable.Csv(260));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void Every_cell_is_trained_as_a_run_of_its_own_would_be()
    {
        ComparisonSettings settings = Settings();
        ComparisonResult result = Execute(settings, "out");
        Assert.Equal(["single-task", "shared-bottom + ew", "shared-bottom + uw", "mmoe + ew", "mmoe + uw"], result.Cells.Select(cell => cell.Cell.Label));
        Assert.Equal((0, 2, "test"), (result.Reference, result.Seeds, result.Split));
        for (int seed = 0; seed < 2; seed++)
        {
            RunSettings alone = SmallTable.Settings(_data) with { Model = Shared, Balancer = "uw", Seed = seed, Baseline = BaselineChoice.None };
            var report = TrainingRun.Execute(alone, new RunFolder(_temporary.PathOf($"alone{seed}")), TrainingRunMode.New, cancellation: Token).Report!;
            for (int task = 0; task < 2; task++) Assert.Equal(report.Tasks[task].Splits["test"].Values[report.Tasks[task].PrimaryMetric], result.Cells[2].Tasks[task].Values[seed]);
            Assert.Equal(report.Parameters, result.Cells[2].Parameters);
            Assert.Equal(report.FlopsPerRow, result.Cells[2].FlopsPerRow);
        }
    }

    [Fact]
    public void Means_differences_and_gains_follow_from_the_lines()
    {
        ComparisonResult result = Execute(Settings() with { Seeds = 3 }, "out");
        CellResult reference = result.Cells[0], other = result.Cells[1];
        double[] ours = [.. other.Tasks[0].Values], theirs = [.. reference.Tasks[0].Values], differences = [.. ours.Zip(theirs, (one, two) => one - two)];
        double mean = differences.Average(), deviation = Math.Sqrt(differences.Sum(value => (value - mean) * (value - mean)) / 2);
        Assert.Equal(ours.Average(), other.Tasks[0].Mean, 1e-12);
        Assert.Equal(mean, other.Tasks[0].Difference!.Value.Mean, 1e-12);
        Assert.Equal(4.302652729911 * deviation / Math.Sqrt(3), other.Tasks[0].Difference!.Value.OverSeeds, 1e-9);
        Assert.True(other.Tasks[0].Difference!.Value.OverRows > 0);
        Assert.Null(reference.Tasks[0].Difference);
        Assert.Null(reference.Gain);

        // Delta_m: AUC relative, and the fall of the RMSE.
        for (int seed = 0; seed < 3; seed++)
        {
            double auc = (ours[seed] - theirs[seed]) / theirs[seed], before = reference.Runs[seed].Test[1].Metrics["rmse"], now = other.Runs[seed].Test[1].Metrics["rmse"];
            Assert.Equal(100 * (auc + ((before - now) / before)) / 2, other.Gain!.Values[seed], 1e-9);
            Assert.Equal((ours[seed] + Math.Max(-1, other.Tasks[1].Values[seed])) / 2, other.Mean.Values[seed], 1e-12);
        }
    }

    [Fact]
    public void A_comparison_stopped_anywhere_ends_with_the_same_lines()
    {
        ComparisonSettings settings = Settings();
        Execute(settings, "whole");
        string[] whole = Lines("whole");
        for (int stop = 0; stop < whole.Length - 1; stop += 3)
        {
            var folder = new ComparisonFolder(_temporary.PathOf($"stopped{stop}"));
            using var source = new CancellationTokenSource();
            ComparisonOutcome stopped = Comparison.Execute(settings, folder, cancellation: source.Token, progress: at =>
            {
                if (at.Done == stop && at.Training?.Finished?.Epoch == 0) source.Cancel();
            });
            Assert.False(stopped.Completed);
            Assert.Equal(stop + 1, File.ReadLines(folder.Runs).Count());
            Assert.True(folder.HasCheckpoint);
            Execute(settings, $"stopped{stop}");
            Assert.Equal(whole, Lines($"stopped{stop}"));
            Assert.False(Directory.Exists(folder.Checkpoints));
        }
    }

    [Fact]
    public void A_torn_line_is_trained_again_and_a_finished_comparison_not_at_all()
    {
        ComparisonSettings settings = Settings();
        Execute(settings, "out");
        var folder = new ComparisonFolder(_temporary.PathOf("out"));
        string[] whole = Lines("out");
        byte[] bytes = File.ReadAllBytes(folder.Runs);
        File.WriteAllBytes(folder.Runs, bytes[..^40]);
        int trained = 0;
        Comparison.Execute(settings, folder, progress: at => trained += at.Training?.Finished?.Epoch == 0 ? 1 : 0, cancellation: Token);
        Assert.Equal(1, trained);
        Assert.Equal(whole, Lines("out"));
        Comparison.Execute(settings, folder, progress: at => trained += at.Training is null ? 0 : 100, cancellation: Token);
        Assert.Equal(1, trained);
    }

    [Fact]
    public void The_grid_of_a_finished_comparison_may_grow()
    {
        Execute(Settings() with { Seeds = 1, Models = [Shared], Balancers = ["ew"] }, "out");
        string first = File.ReadAllLines(_temporary.PathOf("out", "results.jsonl"))[1];
        ComparisonResult grown = Execute(Settings(), "out");
        Assert.Equal(10, grown.Cells.Sum(cell => cell.Finished.Count));
        Assert.Equal(first, File.ReadAllLines(_temporary.PathOf("out", "results.jsonl"))[1]);
        Execute(Settings(), "new");
        Assert.Equal(Lines("new").Order(StringComparer.Ordinal), Lines("out").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_asked_for_later_joins_the_grid()
    {
        Execute(Settings() with { Seeds = 1, Models = [Alone, Shared], Balancers = ["ew"] }, "out");
        ComparisonResult joined = Execute(Settings() with { Seeds = 2, Models = [SmallTable.Model, Shared], Balancers = ["ew"] }, "out");
        Assert.Equal([Alone, Shared, SmallTable.Model], joined.Cells.Select(cell => cell.Cell.Model));
        Assert.All(joined.Cells, cell => Assert.Equal(2, cell.Finished.Count));
        Assert.Equal([Alone, Shared, SmallTable.Model], new ComparisonFolder(_temporary.PathOf("out")).ReadSettings().Models);
        string before = Snapshot("out");
        string message = Assert.Throws<RunException>(() => Execute(Settings() with { Seed = 7, Seeds = 2 }, "out")).Message;
        Assert.Contains("has the seeds 0 to 1, found 7 to 8", message, StringComparison.Ordinal);
        Assert.Equal(before, Snapshot("out"));
        Assert.Equal(3, Execute(Settings() with { Seed = 2, Seeds = 1, Models = [Shared], Balancers = ["ew"] }, "out").Seeds);
    }

    [Fact]
    public void Other_data_and_other_settings_are_refused_and_nothing_changes()
    {
        ComparisonSettings settings = Settings();
        Execute(settings, "out");
        string before = Snapshot("out");
        foreach (ComparisonSettings other in (ComparisonSettings[])[settings with { Epochs = 3 }, settings with { Data = _temporary.Write("other.csv", SmallTable.Csv(260, seed: 2)) }, settings with { SplitSeed = 1 }])
        {
            string message = Assert.Throws<RunException>(() => Execute(other, "out")).Message;
            Assert.Contains("belongs to a comparison of other data or other settings", message, StringComparison.Ordinal);
            Assert.Equal(before, Snapshot("out"));
        }

        // The same rows under another name are the same data.
        Execute(settings with { Data = _temporary.Write("moved.csv", File.ReadAllText(_data)) }, "out");
        _temporary.Write("letter.txt", "dear");
        Assert.Contains("not empty", Assert.Throws<RunException>(() => Comparison.Execute(settings, new ComparisonFolder(_temporary.Root), cancellation: Token)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_one_cell_cannot_do_is_a_line_and_the_others_go_on()
    {
        // Balancing at the representation is for rules that compare gradients.
        ComparisonResult result = Execute(Settings() with { Models = [Shared], Balancers = ["mgda", "uw"], BalanceAt = Learning.Training.BalanceLevel.Representation }, "out");
        Assert.True(result.Cells[0].HasResult);
        Assert.False(result.Cells[1].HasResult);
        Assert.Contains("'uw'", result.Cells[1].Failure, StringComparison.Ordinal);
        Assert.Contains(result.Notes, note => note.StartsWith("shared-bottom + uw has no result: ", StringComparison.Ordinal));
        Assert.Equal(2, Lines("out").Count(line => line.Contains("\"error\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void Bad_settings_are_found_before_anything_is_written()
    {
        ComparisonSettings settings = Settings();
        Assert.Contains("did you mean 'experts'", Assert.Throws<ModelException>(() => Execute(settings with { Models = ["mmoe:expert=2"] }, "bad")).Message, StringComparison.Ordinal);
        Assert.Contains("'mmeo'", Assert.Throws<ModelException>(() => Execute(settings with { Models = ["ple", "mmeo"] }, "bad")).Message, StringComparison.Ordinal);
        Assert.Contains("'cagard'", Assert.Throws<BalancerException>(() => Execute(settings with { Balancers = ["cagard"] }, "bad")).Message, StringComparison.Ordinal);
        Assert.Contains("listed twice", Assert.Throws<RunException>(() => Execute(settings with { Models = ["ple", "ple"] }, "bad")).Message, StringComparison.Ordinal);
        Assert.Contains("seeds", Assert.Throws<RunException>(() => Execute(settings with { Seeds = 0 }, "bad")).Message, StringComparison.Ordinal);
        Assert.Contains("reference", Assert.Throws<RunException>(() => Execute(settings with { Reference = "ple" }, "bad")).Message, StringComparison.Ordinal);
        Assert.Throws<TableException>(() => Execute(settings with { Targets = ["nothing"] }, "bad"));
        Assert.False(Directory.Exists(_temporary.PathOf("bad")));
    }

    [Fact]
    public void Missing_labels_every_kind_of_task_and_a_task_column_are_compared()
    {
        ComparisonResult kinds = Execute(Settings() with { Targets = ["income:binary", "wage:regression", "kind:multiclass", "visits:count"], Seeds = 1, Balancers = ["ew"] }, "kinds");
        Assert.Equal(["auc", "r2", "accuracy", "r2"], kinds.Tasks.Select(task => task.Metric));
        Assert.All(kinds.Tasks, task => Assert.InRange(task.Rows, 1, kinds.ScoredRows - 1));
        ComparisonResult tasks = Execute(Settings() with { Targets = ["wage:regression"], TaskColumn = "group", Seeds = 1, Balancers = ["ew"] }, "tasks");
        Assert.Equal(3, tasks.Tasks.Count);
        Assert.All(tasks.Cells, cell => Assert.True(cell.HasResult));
    }

    [Fact]
    public void The_page_is_well_formed_and_holds_a_chart_per_task()
    {
        Execute(Settings(), "out");
        string page = File.ReadAllText(_temporary.PathOf("out", "report.html"));
        XDocument document = XDocument.Parse(page);
        string[] ids = [.. document.Descendants().Where(element => element.Name.LocalName == "svg").Select(element => (string)element.Attribute("id")!)];
        Assert.Equal(["chart-mean", "chart-cost", "chart-task-0", "chart-task-1"], ids);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_survive_yaml()
    {
        ComparisonSettings settings = Settings() with { Reference = "mmoe", Models = [Shared, "mmoe:experts=2,dropout=0.1"] };
        string text = SettingFile.Write(ComparisonOptions.Table, settings, ComparisonOptions.Kind);
        Assert.StartsWith("kind: compare", text, StringComparison.Ordinal);
        Assert.Equal(text, SettingFile.Write(ComparisonOptions.Table, SettingFile.Read(ComparisonOptions.Table, text, "compare.yaml", kind: ComparisonOptions.Kind), ComparisonOptions.Kind));
        Assert.DoesNotContain("\nmodel:", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_comparison_in_memory_gives_the_same_scores()
    {
        ComparisonSettings settings = Settings() with { Seeds = 1 };
        ComparisonResult file = Execute(settings, "out"), memory = Comparison.Run(settings, RunData.Load(settings, Token), cancellation: Token);
        Assert.Equal(file.Cells.SelectMany(cell => cell.Mean.Values), memory.Cells.SelectMany(cell => cell.Mean.Values));
    }

    private ComparisonSettings Settings()
    {
        RunSettings run = SmallTable.Settings(_data);
        return new ComparisonSettings { Data = run.Data, Targets = run.Targets, Drop = run.Drop, Optimizer = run.Optimizer, Epochs = run.Epochs, BatchSize = run.BatchSize, Seeds = 2, Models = [Alone, Shared, SmallTable.Model], Balancers = ["ew", "uw"] };
    }

    private ComparisonResult Execute(ComparisonSettings settings, string folder)
        => Comparison.Execute(settings, new ComparisonFolder(_temporary.PathOf(folder)), cancellation: Token).Result!;

    // Seconds are all that may differ.
    private string[] Lines(string folder) => [.. File.ReadAllLines(_temporary.PathOf(folder, "results.jsonl")).Select(line => Clock().Replace(line, string.Empty)).Select(line => JsonDocument.Parse(line).RootElement.GetRawText())];

    private string Snapshot(string folder) => string.Join('\n', Directory.EnumerateFiles(_temporary.PathOf(folder)).Order(StringComparer.Ordinal).Select(file => $"{file} {File.GetLastWriteTimeUtc(file).Ticks} {new FileInfo(file).Length}"));

    [GeneratedRegex("\"(seconds|rowsPerSecond)\":[^,]*,")]
    private static partial Regex Clock();
}
