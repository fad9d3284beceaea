using Polymath.Data;
using Polymath.Data.Generators;
using Polymath.Data.Runs;
using Polymath.Tabular.Runs;

namespace Polymath.Cli;

/// <summary>
/// <c>polymath train --demo</c>: four strongly related regression tasks of MultiTab-Bench with few and noisy rows, three seeds so
/// that a gain can be told from luck. The tables are kept in the run folder, so that the commands shown afterwards have something to work on.
/// </summary>
internal static class Demo
{
    private const int Tasks = 4;
    private static readonly MultiTabBenchOptions s_data = new() { Tasks = Tasks, Features = 12, Correlation = 0.9, Degrees = [1, 2, 2, 3], Noise = [0.5, 0.5, 0.5, 0.5], Rows = 600, TestRows = 2_000 };

    /// <summary>What the demo trains, before flags.</summary>
    public static RunSettings Settings(string folder) => new()
    {
        Data = Path.Combine(folder, "demo.csv"),
        Test = Path.Combine(folder, "demo-test.csv"),
        Targets = [.. Enumerable.Range(0, Tasks).Select(task => $"y{task}:regression")],
        Model = "mmoe:experts=4,expert-hidden=64/32",
        Epochs = 40,
        BatchSize = 64,
        Seeds = 3,
        Baseline = BaselineChoice.SingleTask,
    };

    /// <summary>Generates, writes the tables into the folder, and trains.</summary>
    public static int Train(TrainingSession session, RunSettings settings, TrainingRunMode mode, string command)
        => session.Train(settings, mode, command, () =>
        {
            MultiTabBenchData tables = MultiTabBench.Generate(s_data);
            RunData data = RunData.From(tables.Train, tables.Test, settings);
            TrainingRun.Check(settings, data);     // before an earlier run is replaced
            session.Folder.Prepare(mode == TrainingRunMode.Overwrite);
            CsvTableWriter.Write(tables.Train, settings.Data);
            CsvTableWriter.Write(tables.Test!, settings.Test);

            // Last, because a folder with this file is a run that can be resumed.
            Tensors.AtomicFile.WriteText(session.Folder.Configuration, writer => writer.Write(RunConfiguration.Write(settings)));
            return data;
        });
}
