using Polymath.Data;
using Polymath.Learning;
using Polymath.Learning.Balancing;
using Polymath.Learning.Optimization;
using Polymath.Learning.Training;
using Polymath.Tabular;

namespace Polymath.Tests;

/// <summary>The example of docs/library-example.md, compiled and run as it stands there.</summary>
[Collection(QuietCollection.Name)]
public sealed class ReadmeExampleTests
{
    [Fact]
    public void The_library_example_trains_saves_and_predicts()
    {
        using var temporary = new TemporaryFolder();
        temporary.Write("census.csv", SmallTable.Csv(300).Replace(",kind,", ",married,", StringComparison.Ordinal).Replace("k0", "yes", StringComparison.Ordinal).Replace("k1", "no", StringComparison.Ordinal).Replace("k2", "no", StringComparison.Ordinal));
        string before = Directory.GetCurrentDirectory();
        try
        {
            Directory.SetCurrentDirectory(temporary.Root);
            TrainModel();
            var trained = Tabular.Runs.TrainedRun.Load("run/");
            Assert.Equal("mmoe", trained.Model.Name);
            float[][] predictions = trained.Predict("census.csv", cancellation: TestContext.Current.CancellationToken).Single().Predictions;
            Assert.Equal([300, 300], predictions.Select(values => values.Length));
            foreach (string file in (string[])["model.safetensors", "config.yaml", "encoder.json", "metrics.jsonl", "report.json", "report.html"]) Assert.True(File.Exists(Path.Combine("run", file)), file);
            Assert.Equal("cagrad", trained.Settings.Balancer);
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
        }
    }

    [Fact]
    public void The_documentation_shows_exactly_this_code() => DocumentedExample.RequireSame("docs/library-example.md", "tests/Polymath.Tabular.Tests/Examples/ReadmeExampleTests.cs");

    private static void TrainModel()
    {
#pragma warning disable xUnit1051 // the example is what a program writes
        // begin example
        var table = Table.ReadCsv("census.csv");
        var tasks = new TaskSet(Target.Binary("income"), Target.Binary("married"));     // not `Task`: that name is .NET's
        var data = table.Encode(tasks);                                                 // split and encoded by its training rows
        var model = new MMoE(data, tasks, experts: 8, expertWidth: 64);
        var trainer = new Trainer(model) { Optimizer = new AdamW(1e-3), Balancer = new CAGrad(c: 0.5), Options = new() { Epochs = 20 } };

        TabularFit fit = trainer.Fit(data);     // per-task metrics, gradient-conflict statistics, gain over single-task
        Console.WriteLine(fit);
        fit.Save("run/");                       // model.safetensors, config.yaml, encoder.json, metrics.jsonl, report.html
        // end example
#pragma warning restore xUnit1051
    }
}
