using System.Text.Json;
using Polymath.Data;
using Polymath.Data.Runs;
using Polymath.Learning.Balancing;
using Polymath.Learning.Configuration;
using Polymath.Learning.Reporting;
using Polymath.Learning.Training;
using Polymath.Tabular;
using Polymath.Tabular.Runs;

namespace Polymath.Tests;

public sealed class TrainingRunTests : IDisposable
{
    private static readonly string[] s_files = ["config.yaml", "encoder.json", "metrics.jsonl", "model.safetensors", "report.html", "report.json"];
    private readonly TemporaryFolder _temporary = new();
    private readonly string _data;

    public TrainingRunTests() => _data = _temporary.Write("small.csv", SmallTable.Csv(260));

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void A_run_leaves_its_files_and_a_report_that_says_what_the_metrics_say()
    {
        RunReport report = Execute(SmallTable.Settings(_data), "run").Report!;
        Assert.Equal(s_files, Directory.EnumerateFileSystemEntries(_temporary.PathOf("run")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(("small", "ew", 2), (report.Name, report.Balancer, report.Tasks.Count));
        Assert.True(report.WallSeconds > 0 && report.RowsPerSecond > 0);
        Assert.Contains(report.Notes, note => note.Contains("fixed", StringComparison.Ordinal));

        JsonElement[] lines = [.. File.ReadLines(_temporary.PathOf("run", "metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(report.History.Count, lines.Count(line => line.TryGetProperty("epoch", out _)));
        double gains = 0;
        foreach (TaskReport task in report.Tasks)
        {
            double Metric(string split, string model) => lines.Single(line => line.TryGetProperty("split", out JsonElement s) && s.GetString() == split && line.GetProperty("model").GetString() == model && line.GetProperty("task").GetString() == task.Name).GetProperty("metrics").GetProperty(task.PrimaryMetric).GetDouble();
            double ours = Metric("test", "multi-task"), single = Metric("test", "single-task");
            Assert.Equal(ours, task.Splits["test"].Values[task.PrimaryMetric]);
            Assert.Equal(single, task.SingleTask!["test"].Values[task.PrimaryMetric]);
            Assert.Equal(Metric("validation", "multi-task"), task.Splits["valid"].Values[task.PrimaryMetric]);
            (string measure, int sign) = task.PrimaryMetric == "r2" ? ("rmse", -1) : (task.PrimaryMetric, 1);
            double now = task.Splits["test"].Values[measure], before = task.SingleTask["test"].Values[measure];
            Assert.Equal(100 * sign * (now - before) / before, task.GainPercent!.Value, 1e-9);
            gains += task.GainPercent.Value;
        }

        Assert.Equal(gains / 2, report.DeltaM!.Value, 1e-9);
        Assert.Equal(report.ToJson(), RunReport.FromJson(File.ReadAllText(_temporary.PathOf("run", "report.json"))).ToJson());

        // What was written predicts what was measured.
        var trained = TrainedRun.Load(_temporary.PathOf("run"));
        Assert.Equal(260, trained.Predict(_data, cancellation: Token).Sum(chunk => chunk.Rows));
        Assert.Equal(2, trained.Evaluate(_data, cancellation: Token).Count);
        string unlabelled = _temporary.Write("unlabelled.csv", SmallTable.Csv(20, labels: false));
        Assert.Equal(20, trained.Predict(unlabelled, cancellation: Token).Single().Predictions[0].Length);
        Assert.Contains("expected the target columns 'income', 'wage'", Assert.Throws<RunException>(() => trained.Evaluate(unlabelled, cancellation: Token)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Flat_regions_are_trained_by_their_setting_and_their_sharpness_is_in_the_metrics()
    {
        RunSettings settings = SmallTable.Settings(_data) with { Balancer = "pcgrad", Flat = "asam:rho=0.5" };
        Execute(settings, "flat");
        JsonElement[] epochs = [.. File.ReadLines(_temporary.PathOf("flat", "metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).Where(line => line.TryGetProperty("epoch", out _))];
        Assert.NotEmpty(epochs);
        Assert.All(epochs.SelectMany(epoch => epoch.GetProperty("tasks").EnumerateArray()), task => Assert.True(task.GetProperty("sharpness").GetDouble() > 0));
        Assert.Contains("rho=-2 is not allowed", Assert.Throws<ComponentException>(() => Execute(settings with { Flat = "sam:rho=-2" }, "bad")).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_temporary.PathOf("bad")));
    }

    [Fact]
    public void A_regularised_run_writes_the_terms_of_every_epoch_and_leaves_the_single_tasks_alone()
    {
        RunReport report = Execute(SmallTable.Settings(_data) with { Model = "shared-bottom", Regularizer = "rep-mtl:lambda_tsr=0.1,lambda_csa=0.1" }, "run").Report!;
        JsonElement[] epochs = [.. File.ReadLines(_temporary.PathOf("run", "metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).Where(line => line.TryGetProperty("epoch", out _))];
        Assert.Equal(report.History.Count, epochs.Length);
        Assert.All(epochs, epoch => Assert.InRange(epoch.GetProperty("regularizer").GetProperty("tsr").GetDouble(), 0, Math.Log(2)));
        Assert.Contains("shared-bottom", Assert.Throws<TrainingException>(() => Execute(SmallTable.Settings(_data) with { Model = "mmoe", Regularizer = "rep-mtl" }, "other")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ew", false)]
    [InlineData("uw", true)]
    [InlineData("pcgrad", true)]
    public void A_run_stopped_in_any_of_its_fits_ends_with_the_same_bytes(string balancer, bool lastEpoch)
    {
        RunSettings settings = SmallTable.Settings(_data) with { Balancer = balancer, Model = SmallTable.Model + ",dropout=0.2", Epochs = 3, Baseline = BaselineChoice.SingleTask };
        Execute(settings, "whole");
        for (int stage = 0; stage < 3; stage++)
        {
            using var stop = new CancellationTokenSource();
            var folder = new RunFolder(_temporary.PathOf($"stopped{stage}"));
            RunOutcome stopped = TrainingRun.Execute(settings, folder, TrainingRunMode.New, cancellation: stop.Token, progress: at =>
            {
                if (at.StageNumber == stage && at.Training.Finished?.Epoch == (lastEpoch ? 2 : 0)) stop.Cancel();
            });

            // Stopping in the very last epoch of the very last fit is too late.
            Assert.Equal(lastEpoch && stage == 2, stopped.Completed);
            Assert.Equal(stopped.Completed, File.Exists(folder.Model));
            RunOutcome resumed = TrainingRun.Execute(folder.ReadSettings(), folder, TrainingRunMode.Resume, cancellation: Token);
            Assert.True(resumed.Completed);
            foreach (string file in (string[])["model.safetensors", "metrics.jsonl", "encoder.json", "config.yaml"]) Assert.Equal(File.ReadAllBytes(_temporary.PathOf("whole", file)), File.ReadAllBytes(Path.Combine(folder.Path, file)));
            Assert.Equal(s_files, Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Resuming_a_finished_run_changes_nothing_and_a_folder_in_use_is_not_taken()
    {
        RunSettings settings = SmallTable.Settings(_data) with { Baseline = BaselineChoice.None };
        RunOutcome first = Execute(settings, "run");
        byte[] report = File.ReadAllBytes(first.Folder.ReportData);
        RunOutcome again = TrainingRun.Execute(settings, first.Folder, TrainingRunMode.Resume, cancellation: Token);
        Assert.True(again.Completed);
        Assert.Equal(first.Report!.ToJson(), again.Report!.ToJson());
        Assert.Equal(report, File.ReadAllBytes(first.Folder.ReportData));
        Assert.Contains("not empty", Assert.Throws<RunException>(() => Execute(settings, "run")).Message, StringComparison.Ordinal);
        Assert.True(TrainingRun.Execute(settings with { Seed = 4 }, first.Folder, TrainingRunMode.Overwrite, cancellation: Token).Completed);
        Assert.NotEqual(report, File.ReadAllBytes(first.Folder.ReportData));
    }

    [Fact]
    public void Wrong_input_writes_nothing()
    {
        RunSettings good = SmallTable.Settings(_data);
        Refused<TableException>(good with { Targets = ["incme:binary"] }, "did you mean 'income'");
        Refused<TableException>(good with { Targets = ["fixed:binary"] }, "constant");
        Refused<RunException>(good with { Targets = [] }, "no target was given");
        Refused<RunException>(good with { Data = "" }, "no training table");
        Refused<TableException>(good with { Data = _temporary.PathOf("none.csv") }, "none.csv");
        Refused<TableException>(good with { Test = _temporary.PathOf("none.csv") }, "none.csv");
        Refused<ModelException>(good with { Model = "mmeo" }, "did you mean 'mmoe'");
        Refused<ModelException>(good with { Model = "mmoe:expert=3" }, "expert");
        Refused<ModelException>(good with { Model = "mmoe:experts=0" }, "experts");
        Refused<BalancerException>(good with { Balancer = "pcgrat" }, "did you mean 'pcgrad'");
        Refused<ComponentException>(good with { Optimizer = "adm" }, "adam");
        Refused<ComponentException>(good with { Schedule = "linear" }, "known: constant");
        Refused<RunException>(good with { Epochs = 0 }, "epochs");
        Refused<RunException>(good with { Split = "random:x" }, "split");
        Refused<TrainingException>(good with { BatchSize = 1 }, "batch normalisation");
        Refused<RunException>(good with { Test = _temporary.Write("bare.csv", SmallTable.Csv(10, labels: false)) }, "expected the target columns 'income', 'wage'");

        void Refused<T>(RunSettings settings, string part)
            where T : Exception
        {
            Assert.Contains(part, Assert.Throws<T>(() => Execute(settings, "refused")).Message, StringComparison.Ordinal);
            Assert.False(Directory.Exists(_temporary.PathOf("refused")));
        }
    }

    [Fact]
    public void A_baseline_that_explains_nothing_is_compared_by_its_error()
    {
        RunReport report = Execute(SmallTable.Settings(_data, "income:binary", "noise:regression") with { Epochs = 6, Optimizer = "adam:lr=0.05", Patience = 0 }, "run").Report!;
        TaskReport noise = report.Tasks[1];
        Assert.True(noise.SingleTask!["test"].Values["r2"] <= 0);
        double single = noise.SingleTask["test"].Values["rmse"], ours = noise.Splits["test"].Values["rmse"];
        Assert.Equal(100 * (single - ours) / single, noise.GainPercent!.Value, 1e-9);
        Assert.True(noise.GainSpread > 0);
        Assert.Contains(report.Notes, note => note.Contains("RMSE", StringComparison.Ordinal));
    }

    [Fact]
    public void A_task_column_makes_one_task_per_label()
    {
        RunReport report = Execute(SmallTable.Settings(_data, "wage:regression") with { TaskColumn = "group" }, "run").Report!;
        Assert.Equal(["g0", "g1", "g2"], report.Tasks.Select(task => task.Name));
        Assert.InRange(report.Tasks.Sum(task => task.Splits["test"].Observed), report.TestRows / 2, report.TestRows - 1);   // rows without a wage belong to a task too
        var trained = TrainedRun.Load(_temporary.PathOf("run"));
        (int rows, int[]? taskOfRow, float[][] predictions) = trained.Predict(_data, cancellation: Token).Single();
        Assert.Equal((260, 3), (rows, predictions.Length));
        Assert.All(taskOfRow!, task => Assert.InRange(task, 0, 2));
    }

    [Fact]
    public void Classes_and_counts_are_scored_in_their_own_metrics()
    {
        RunReport report = Execute(SmallTable.Settings(_data, "kind:multiclass", "visits:count", "old=age>=40") with { Baseline = BaselineChoice.None }, "run").Report!;
        Assert.Equal(["accuracy", "mae", "auc"], report.Tasks.Select(task => task.PrimaryMetric is "accuracy" or "auc" ? task.PrimaryMetric : "mae"));
        Assert.All(report.Tasks, task => Assert.True(double.IsFinite(task.Splits["test"].Values[task.PrimaryMetric])));
        float[][] predictions = TrainedRun.Load(_temporary.PathOf("run")).Predict(_data, cancellation: Token).Single().Predictions;
        Assert.Equal([260 * 3, 260, 260], predictions.Select(values => values.Length));
        for (int row = 0; row < 260; row++) Assert.Equal(1f, predictions[0][row * 3] + predictions[0][(row * 3) + 1] + predictions[0][(row * 3) + 2], 1e-5f);
        Assert.All(predictions[1], rate => Assert.True(rate > 0));
        Assert.All(predictions[2], probability => Assert.InRange(probability, 0f, 1f));
    }

    [Fact]
    public void A_test_table_of_its_own_is_read_with_the_kinds_of_the_training_table()
    {
        // Only digits in the test table's city column, and its columns in another order.
        string test = _temporary.Write("test.csv", "city,hours,age,group,fixed,wage,income\n1,10,30,g1,1,5,no\n2,35,50,g0,1,300,yes\n1,,20,g2,1,,no\n");
        RunReport report = Execute(SmallTable.Settings(_data) with { Test = test, Baseline = BaselineChoice.None }, "run").Report!;
        Assert.Equal((3L, 2), (report.TestRows, (int)report.Tasks[1].Splits["test"].Observed));
    }

    [Fact]
    public void Without_validation_rows_all_epochs_are_run_and_without_test_rows_nothing_is_claimed()
    {
        RunReport report = Execute(SmallTable.Settings(_data) with { Validation = 0, TestFraction = 0 }, "run").Report!;
        Assert.Equal((2, 1, 0L, 0L), (report.History.Count, report.BestEpoch!.Value, report.ValidRows, report.TestRows));
        Assert.Null(report.DeltaM);
        Assert.All(report.Tasks, task => Assert.Null(task.GainPercent));
        Assert.Contains(report.Notes, note => note.Contains("no validation rows", StringComparison.Ordinal));
    }

    [Fact]
    public void A_password_reaches_none_of_the_files()
    {
        RunSettings settings = SmallTable.Settings("postgres://me:secret@host/db?password=secret#small") with { Baseline = BaselineChoice.None };
        RunData data = RunData.From(Table.ReadCsv(_data, cancellation: Token), null, settings);
        RunOutcome outcome = TrainingRun.Execute(settings, new RunFolder(_temporary.PathOf("run")), TrainingRunMode.New, $"train {settings.Data}", data: data, cancellation: Token);
        Assert.Equal("small", outcome.Report!.Name);
        Assert.All(s_files, file => Assert.DoesNotContain("secret", File.ReadAllText(_temporary.PathOf("run", file)), StringComparison.Ordinal));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private RunOutcome Execute(RunSettings settings, string folder)
        => TrainingRun.Execute(settings, new RunFolder(_temporary.PathOf(folder)), TrainingRunMode.New, cancellation: Token);
}
