using System.Globalization;
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

    private static string Rows(int large, int small)
    {
        var random = new RandomStream(5);
        var text = new StringWriter(CultureInfo.InvariantCulture);
        text.WriteLine("task,a,b,y");
        for (int i = 0; i < large + small; i++)
        {
            float a = random.NextNormal(), b = random.NextNormal();
            text.WriteLine($"{(i < large ? "large" : "small")},{a},{b},{a - b + random.NextNormal()}");
        }

        return text.ToString();
    }

    private void Run(string rows, int epochs, Action<RunProgress> progress)
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
        };
        TrainingRun.Execute(settings, new RunFolder(Path.Combine(_folder, "run")), TrainingRunMode.New, "test", progress);
    }
}
