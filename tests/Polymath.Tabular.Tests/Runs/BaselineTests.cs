using System.Globalization;
using Polymath.Data.Runs;
using Polymath.Learning.Reporting;
using Polymath.Tabular.Runs;
using Polymath.Tensors;

namespace Polymath.Tests;

public sealed class BaselineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("polymath-baseline-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_task_with_few_rows_gets_as_many_steps_as_the_multi_task_model()
    {
        var steps = new Dictionary<string, int>();
        Run(Rows(large: 400, small: 60), epochs: 3, progress =>
        {
            if (progress.Training.Finished is not null) steps[progress.Stage] = steps.GetValueOrDefault(progress.Stage) + progress.Training.Steps;
        });

        int ours = steps["multi-task"];
        Assert.Equal(3, steps.Count);
        foreach ((string stage, int count) in steps) Assert.True(count >= ours, $"{stage} took {count} steps, the multi-task model {ours}.");
    }

    [Fact]
    public void Gains_of_regression_tasks_are_falls_of_the_error_and_defined_where_R2_is_negative()
    {
        // Labels without any relation to the inputs: the R2 of every model is about zero or below.
        RunReport report = Run(Rows(large: 300, small: 60, signal: 0), epochs: 2, _ => { });
        Assert.Contains(report.Tasks, task => task.SingleTask!["test"]["r2"] < 0);
        foreach (TaskReport task in report.Tasks)
        {
            double single = task.SingleTask!["test"]["rmse"]!.Value, ours = task.Splits["test"]["rmse"]!.Value;
            Assert.Equal(100 * (single - ours) / single, task.GainPercent!.Value, 8);
        }

        Assert.Equal(report.Tasks.Average(task => task.GainPercent!.Value), report.DeltaM!.Value, 8);
        Assert.Contains(report.Notes, note => note.Contains("RMSE", StringComparison.Ordinal));
    }

    [Fact]
    public void Several_seeds_average_the_scores_and_spread_the_gains()
    {
        RunReport one = Run(Rows(large: 200, small: 60), epochs: 2, _ => { }, "one"), three = Run(Rows(large: 200, small: 60), epochs: 2, _ => { }, "three", seeds: 3);
        string[] lines = File.ReadAllLines(Path.Combine(_folder, "three", "metrics.jsonl"));
        for (int repeat = 0; repeat < 3; repeat++) Assert.Equal(8, lines.Count(line => line.Contains($"\"repeat\":{repeat}", StringComparison.Ordinal)));
        Assert.Equal(File.ReadAllBytes(Path.Combine(_folder, "one", "model.safetensors")), File.ReadAllBytes(Path.Combine(_folder, "three", "model.safetensors")));
        Assert.NotEqual(one.Tasks[0].Splits["test"]["rmse"], three.Tasks[0].Splits["test"]["rmse"]);
        Assert.All(three.Tasks, task => Assert.True(task.GainSpread > 0));
        Assert.True(three.DeltaMSpread > 0);
        Assert.Null(one.DeltaMSpread);
    }

    private static string Rows(int large, int small, float signal = 1)
    {
        var random = new RandomStream(5);
        var text = new StringWriter(CultureInfo.InvariantCulture);
        text.WriteLine("task,a,b,y");
        for (int i = 0; i < large + small; i++)
        {
            float a = random.NextNormal(), b = random.NextNormal();
            text.WriteLine($"{(i < large ? "large" : "small")},{a},{b},{(signal * (a - b)) + random.NextNormal()}");
        }

        return text.ToString();
    }

    private RunReport Run(string rows, int epochs, Action<RunProgress> progress, string folder = "run", int seeds = 1)
    {
        string table = Path.Combine(_folder, "rows.csv");
        File.WriteAllText(table, rows);
        var settings = new RunSettings
        {
            Data = table,
            Targets = ["y:regression"],
            TaskColumn = "task",
            Model = "shared-bottom:bottom-hidden=8,tower-hidden=4",
            Epochs = epochs,
            BatchSize = 64,
            Patience = 0,
            Baseline = BaselineChoice.SingleTask,
            Seeds = seeds,
        };
        return TrainingRun.Execute(settings, new RunFolder(Path.Combine(_folder, folder)), TrainingRunMode.New, "test", progress).Report!;
    }
}
