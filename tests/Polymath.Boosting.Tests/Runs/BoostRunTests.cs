using System.Globalization;
using Polymath.Boosting;
using Polymath.Boosting.Runs;
using Polymath.Data;
using Polymath.Data.Runs;
using Polymath.Learning.Reporting;
using Polymath.Learning.Training;

namespace Polymath.Tests;

public sealed class BoostRunTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("polymath-boost-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_run_predicts_what_its_model_predicts_and_scores_as_its_report_says()
    {
        BoostSettings settings = Settings() with { Split = "column:part", Drop = ["part"] };
        RunReport report = Execute(settings, "run").Report!;
        BoostedRun run = BoostedRun.Load(At("run"));
        Table table = Table.ReadCsv(settings.Data, cancellation: Token);
        int[] test = [.. Enumerable.Range(0, table.Rows).Where(row => table["part"].Text(row) == "test")];
        string file = Write("test.csv", [.. Lines().Where((_, line) => line == 0 || test.Contains(line - 1))]);
        IReadOnlyList<TaskScore> scores = run.Evaluate(file, cancellation: Token);
        Assert.Equal(["a", "b", "c"], scores.Select(score => score.Task));
        foreach ((TaskScore score, TaskReport task) in scores.Zip(report.Tasks)) Assert.Equal(score.Metrics["rmse"], task.Splits["test"]["rmse"]!.Value, 12);
        Assert.All(report.Tasks, task => Assert.NotNull(task.SingleTask));
        Assert.Equal(test.Length, run.Predict(file, cancellation: Token).Sum(chunk => chunk.Rows));
        Assert.Equal(["config.yaml", "encoder.json", "metrics.jsonl", "model.safetensors", "report.html", "report.json"], Directory.EnumerateFileSystemEntries(At("run")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Single_task_boosting_gets_as_many_iterations()
    {
        BoostSettings settings = Settings() with { SharedIterations = 3, RobustIterations = 2, TaskIterations = 4, Patience = 0 };
        RunReport ours = Execute(settings, "ours").Report!;
        RunReport alone = Execute(settings with { Preset = "single-task", SharedIterations = null, RobustIterations = null, TaskIterations = 9 }, "alone").Report!;
        foreach ((TaskReport task, TaskReport single) in ours.Tasks.Zip(alone.Tasks)) Assert.Equal(single.Splits["test"].Values, task.SingleTask!["test"].Values);
        Assert.Null(alone.Tasks[0].SingleTask);
    }

    [Fact]
    public void A_weight_of_zero_is_a_row_that_is_not_there()
    {
        BoostSettings settings = Settings() with { TestFraction = 0, Validation = 0, Patience = 0, MinFrequency = 1 };
        string[] lines = Lines();
        string weighted = Write("weighted.csv", [.. lines.Select((line, i) => $"{line},{(i == 0 ? "w" : i % 4 == 1 ? "0" : "1")}")]), without = Write("without.csv", [.. lines.Where((_, i) => i == 0 || i % 4 != 1)]);
        Execute(settings with { Data = weighted, Weights = "w" }, "weighted");
        Execute(settings with { Data = without }, "without");
        float[] first = [.. BoostedRun.Load(At("weighted")).Predict(settings.Data, cancellation: Token).SelectMany(chunk => chunk.Predictions[0])], second = [.. BoostedRun.Load(At("without")).Predict(settings.Data, cancellation: Token).SelectMany(chunk => chunk.Predictions[0])];
        for (int row = 0; row < first.Length; row++)
        {
            // Between the rows that count a cut may be anywhere.
            if (row % 4 != 0) Assert.Equal(second[row], first[row], 1e-4f);
        }

        Assert.DoesNotContain("w", BoostedRun.Load(At("weighted")).Encoder.InputColumns);
    }

    [Fact]
    public void An_unknown_task_is_an_error_or_the_business_of_the_shared_trees()
    {
        BoostSettings settings = Settings();
        Execute(settings, "run");
        string file = Write("new.csv", [Lines()[0], "0.5,1,z,0,low,test"]);
        string message = Assert.Throws<TableException>(() => BoostedRun.Load(At("run")).Predict(file, cancellation: Token).ToArray()).Message;
        Assert.All((string[])["row 1", "'task'", "'z'", "not in training"], part => Assert.Contains(part, message, StringComparison.Ordinal));
        BoostedRun lenient = BoostedRun.Load(At("run"), UnknownTask.Unassigned);
        (int rows, int[]? tasks, float[][] predictions) = Assert.Single(lenient.Predict(file, cancellation: Token));
        Assert.Equal((1, -1), (rows, tasks![0]));
        Assert.True(float.IsFinite(predictions[0][0]));
        Assert.Equal(TaskAnswers.Unknown, lenient.Evaluate(file, cancellation: Token)[^1].Task);
    }

    [Fact]
    public void A_search_keeps_the_best_point_and_fits_it_on_all_training_rows()
    {
        BoostSettings settings = Settings() with { Search = ["task=1,30"], Folds = 3, SearchMetric = "rmse" };
        BoostOutcome outcome = Execute(settings, "run");
        SearchReport search = outcome.Report!.Boosting!.Search!;
        SearchPoint chosen = Assert.Single(search.Points, point => point.Chosen);
        Assert.Equal(search.Points.MinBy(point => point.Mean), chosen);
        Assert.Equal(chosen.Name == "task=30" ? 30 : 1, BoostedRun.Load(At("run")).Model.Options.TaskIterations);
        Assert.Equal((240 - outcome.Report.TestRows, 0), (outcome.Report.TrainRows, outcome.Report.ValidRows));
        Assert.Equal(1 + (2 * 3), File.ReadAllLines(Path.Combine(At("run"), "search.jsonl")).Length);
    }

    [Fact]
    public void A_search_that_was_stopped_resumes_to_the_same_files()
    {
        BoostSettings settings = Settings() with { Search = ["shared=1,10 task=1,10"], Folds = 2 };
        Execute(settings, "whole");
        using var stop = new CancellationTokenSource();
        BoostOutcome stopped = BoostRun.Execute(settings, new BoostFolder(At("part")), TrainingRunMode.New, progress: at => { if (at.Done == 5) stop.Cancel(); }, cancellation: stop.Token);
        Assert.False(stopped.Completed);
        Assert.True(stopped.Folder.HasCheckpoint);
        BoostOutcome resumed = BoostRun.Execute(stopped.Folder.ReadSettings(), stopped.Folder, TrainingRunMode.Resume, cancellation: Token);
        Assert.True(resumed.Completed);
        foreach (string file in (string[])["config.yaml", "encoder.json", "model.safetensors", "metrics.jsonl", "search.jsonl"]) Assert.Equal(File.ReadAllBytes(Path.Combine(At("whole"), file)), File.ReadAllBytes(Path.Combine(At("part"), file)));
        Assert.True(BoostRun.Execute(settings, stopped.Folder, TrainingRunMode.Resume, cancellation: Token).Completed);
    }

    [Fact]
    public void Several_targets_are_tasks_of_their_own()
    {
        BoostSettings settings = Settings() with { TaskColumn = "", Targets = ["y", "y>=2", "kind"], Drop = ["part"], RobustIterations = null };
        RunReport report = Execute(settings, "run").Report!;
        Assert.Equal(["regression", "binary", "multiclass"], report.Tasks.Select(task => task.Kind));
        (int rows, int[]? tasks, float[][] predictions) = Assert.Single(BoostedRun.Load(At("run")).Predict(settings.Data, cancellation: Token));
        Assert.Null(tasks);
        Assert.Equal([rows, rows, 3 * rows], predictions.Select(own => own.Length));
        Assert.All(predictions[1], probability => Assert.InRange(probability, 0, 1));
    }

    [Fact]
    public void What_is_wrong_is_found_before_anything_is_written()
    {
        BoostSettings good = Settings();
        Refused<RunException>(good with { Data = "" }, "no training table");
        Refused<RunException>(good with { Targets = [] }, "no target was given");
        Refused<RunException>(good with { Weights = "z" }, "weights column 'z'");
        Refused<RunException>(good with { Weights = "kind" }, "categorical, expected numbers");
        Refused<RunException>(good with { MaxBins = 1 }, "max-bins");
        Refused<TableException>(good with { TaskColumn = "taks" }, "did you mean 'task'?");
        Refused<TableException>(good with { Targets = ["yy"] }, "'yy'");
        Refused<BoostingException>(good with { Loss = "hubr" }, "hub");
        Refused<BoostingException>(good with { Learner = "exact", Drop = ["part"] }, "'kind' is categorical");
        Refused<RunException>(good with { Validation = 0, Patience = 5 }, "no validation rows");
        Refused<BoostingException>(good with { Monotone = ["x9=1"] }, "'x9'");
        Refused<BoostingException>(good with { TaskColumn = "", Preset = "r-mtgb" }, "name a task column");
        Refused<BoostingException>(good with { Search = ["task=1,2"], SearchMetric = "rsme" }, "did you mean 'rmse'?");
        Assert.False(Directory.Exists(At("bad")));
    }

    private void Refused<T>(BoostSettings settings, string part)
        where T : Exception
        => Assert.Contains(part, Assert.Throws<T>(() => Execute(settings, "bad")).Message, StringComparison.Ordinal);

    private BoostOutcome Execute(BoostSettings settings, string name) => BoostRun.Execute(settings, new BoostFolder(At(name)), TrainingRunMode.New, cancellation: Token);

    private string At(string name) => Path.Combine(_root, name);

    private string Write(string name, string[] lines)
    {
        File.WriteAllLines(At(name), lines);
        return At(name);
    }

    private BoostSettings Settings() => new()
    {
        Data = Write("data.csv", Lines()),
        TaskColumn = "task",
        Targets = ["y:regression"],
        Drop = ["kind", "part"],
        SharedIterations = 10,
        RobustIterations = 5,
        TaskIterations = 10,
        MaxLeaves = 4,
    };

    private static string[] Lines()
    {
        var lines = new List<string> { "x1,x2,task,y,kind,part" };
        for (int row = 0; row < 240; row++)
        {
            double x1 = ((row * 37) % 101) / 50.0 - 1, x2 = ((row * 53) % 89) / 44.0 - 1;
            int task = row % 3;
            double y = (task == 2 ? -2 : 2) * x1 + x2 + task;
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{x1},{x2},{"abc"[task]},{y},{(y < 0 ? "low" : y < 2 ? "middle" : "high")},{(row % 5 == 0 ? "test" : row % 7 == 0 ? "valid" : "train")}"));
        }

        return [.. lines];
    }
}
