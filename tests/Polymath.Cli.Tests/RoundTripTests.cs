using System.Text.Json;

namespace Polymath.Tests;

/// <summary>The commands at their work.</summary>
public sealed class RoundTripTests(TrainedFolder trained) : IClassFixture<TrainedFolder>
{
    private const string Header = "yes,amount,kind,kind=high,kind=low,kind=middle";

    [Fact]
    public void A_run_holds_its_files_and_no_checkpoint()
        => Assert.Equal(["config.yaml", "encoder.json", "metrics.jsonl", "model.safetensors", "report.html", "report.json"], Directory.EnumerateFileSystemEntries(trained.Run).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Fact]
    public void Predictions_have_a_line_per_row_and_columns_per_task()
    {
        string[] lines = Lines(CommandLine.Succeed("predict", trained.Run, trained.Data).Output);
        Assert.Equal(201, lines.Length);
        Assert.Equal(Header, lines[0]);
        foreach (string line in lines[1..])
        {
            string[] cells = line.Split(',');
            Assert.InRange(Number(cells[0]), 0, 1);
            double[] classes = [.. cells[3..].Select(Number)];
            Assert.Equal(1, classes.Sum(), 4);
            Assert.Equal(((string[])["high", "low", "middle"])[Array.IndexOf(classes, classes.Max())], cells[2]);
        }
    }

    [Fact]
    public void Order_of_columns_further_columns_and_unseen_categories_do_not_matter()
    {
        using var folder = new TemporaryFolder();
        string expected = CommandLine.Succeed("predict", trained.Run, trained.Data).Output;
        string[][] rows = [.. File.ReadAllLines(trained.Data).Select(line => line.Split(','))];
        string shuffled = folder.Write("shuffled.csv", string.Join('\n', rows.Select((cells, row) => $"{cells[2]},{(row == 0 ? "note" : "\"x,y\"")},{cells[1]},{cells[0]}")) + "\n");
        Assert.Equal(expected, CommandLine.Succeed("predict", trained.Run, shuffled).Output);
        rows[1][2] = "ultraviolet";
        string unseen = folder.Write("unseen.csv", string.Join('\n', rows.Select(cells => string.Join(',', cells[..3]))) + "\n");
        Assert.Equal(Lines(expected)[2..], Lines(CommandLine.Succeed("predict", trained.Run, unseen).Output)[2..]);
    }

    [Fact]
    public void A_file_holds_what_standard_output_would_show()
    {
        using var folder = new TemporaryFolder();
        Answer answer = CommandLine.Succeed("predict", trained.Run, trained.Data, "--out", folder["predictions.csv"]);
        Assert.Empty(answer.Output);
        Assert.Equal(CommandLine.Succeed("predict", trained.Run, trained.Data).Output, File.ReadAllText(folder["predictions.csv"]));
        Assert.Single(Directory.EnumerateFiles(folder.Path));
    }

    [Fact]
    public void Evaluation_agrees_with_the_predictions()
    {
        string[][] predicted = [.. Lines(CommandLine.Succeed("predict", trained.Run, trained.Data).Output)[1..].Select(line => line.Split(','))];
        string[][] known = [.. File.ReadAllLines(trained.Data)[1..].Select(line => line.Split(','))];
        double accuracy = predicted.Zip(known).Average(pair => pair.First[2] == pair.Second[5] ? 1.0 : 0);
        double error = predicted.Zip(known).Average(pair => Math.Abs(Number(pair.First[1]) - Number(pair.Second[4])));
        using JsonDocument scores = JsonDocument.Parse(CommandLine.Succeed("evaluate", trained.Run, trained.Data, "--json").Output);
        JsonElement.ArrayEnumerator tasks = scores.RootElement.GetProperty("tasks").EnumerateArray();
        Assert.Equal(accuracy, Metric(tasks, "kind", "accuracy"), 6);
        Assert.Equal(error, Metric(tasks, "amount", "mae"), 5);
        string table = CommandLine.Succeed("evaluate", trained.Run, trained.Data).Output;
        foreach (string task in (string[])["yes", "amount", "kind"]) Assert.Contains($"\n{task} ", table, StringComparison.Ordinal);
    }

    [Fact]
    public void The_result_names_tasks_baselines_gains_conflict_and_files()
    {
        using var folder = new TemporaryFolder();
        Answer answer = CommandLine.Succeed("train", trained.Data, "--out", folder["run"], "-t", "yes", "-t", "amount", "-m", TrainedFolder.Model, "-e", "2", "--baseline", "single-task");
        foreach (string part in (string[])["task", "metric", "single-task", "multi-task", "gain", "yes", "auc", "amount", "r2", "mean", "%", "Gradient conflict", folder["run"], "report.html"]) Assert.Contains(part, answer.Output, StringComparison.Ordinal);
        Assert.Contains("epoch 2/2", answer.Error, StringComparison.Ordinal);
        Assert.Contains("[3/3] single-task: amount", answer.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', answer.Output + answer.Error);
    }

    [Fact]
    public void Quiet_says_nothing_but_the_result()
    {
        using var folder = new TemporaryFolder();
        Answer answer = CommandLine.Succeed("train", trained.Data, "--out", folder["run"], "-t", "yes", "-m", TrainedFolder.Model, "-e", "1", "--quiet");
        Assert.Empty(answer.Error);
        Assert.NotEmpty(answer.Output);
    }

    [Fact]
    public void Flags_a_configuration_and_its_printout_are_the_same_run()
    {
        using var folder = new TemporaryFolder();
        string[] flags = ["-t", "yes:binary", "-t", "big=amount>=1:binary", "-m", TrainedFolder.Model, "-e", "2", "--batch-size", "32", "--missing", "", "--missing", "none", "--drop", "kind", "--categorical", "c", "--clip", "1.5", "--baseline", "none"];
        string yaml = CommandLine.Succeed(["train", trained.Data, "--print-config", .. flags]).Output;
        string file = folder.Write("run.yaml", yaml);
        Assert.Equal(yaml, CommandLine.Succeed("train", file, "--print-config").Output);
        Assert.Contains("epochs: 7", CommandLine.Succeed("train", file, "--print-config", "-e", "7").Output, StringComparison.Ordinal);

        CommandLine.Succeed(["train", trained.Data, "--out", folder["flags"], .. flags]);
        CommandLine.Succeed("train", file, "--out", folder["yaml"]);
        foreach (string name in (string[])["config.yaml", "encoder.json", "model.safetensors", "metrics.jsonl"]) Assert.Equal(File.ReadAllBytes(Path.Combine(folder["flags"], name)), File.ReadAllBytes(Path.Combine(folder["yaml"], name)));
        Assert.Equal(yaml, File.ReadAllText(Path.Combine(folder["yaml"], "config.yaml")));
    }

    [Fact]
    public void An_earlier_run_is_replaced_only_when_asked()
    {
        using var folder = new TemporaryFolder();
        string run = trained.CopyTo(folder);
        CommandLine.Succeed("train", trained.Data, "--out", run, "-t", "yes", "-m", TrainedFolder.Model, "-e", "1", "--overwrite");
        Assert.Equal("yes", Lines(CommandLine.Succeed("predict", run, trained.Data).Output)[0]);
    }

    [Fact]
    public void A_finished_run_is_not_trained_again()
    {
        using var folder = new TemporaryFolder();
        string run = trained.CopyTo(folder), before = folder.Snapshot();
        Answer answer = CommandLine.Succeed("train", "--resume", run);
        Assert.Contains("already finished", answer.Error, StringComparison.Ordinal);
        Assert.Contains("multi-task", answer.Output, StringComparison.Ordinal);
        Assert.Equal(before, folder.Snapshot());
    }

    [Fact]
    public void The_demo_needs_nothing_and_leaves_tables_to_go_on_with()
    {
        using var folder = new TemporaryFolder();
        Answer answer = CommandLine.Succeed("train", "--demo", "--out", folder["run"], "-e", "2");
        foreach (string part in (string[])["y0", "y3", "single-task", "gain", "mean"]) Assert.Contains(part, answer.Output, StringComparison.Ordinal);
        Assert.Equal(2_001, Lines(CommandLine.Succeed("predict", folder["run"], folder["run/demo-test.csv"]).Output).Length);
        Assert.Contains("data: ", CommandLine.Succeed("train", "--demo", "--print-config").Output, StringComparison.Ordinal);

        // The configuration in the folder repeats the run from the tables beside it.
        CommandLine.Succeed("train", folder["run/config.yaml"], "--out", folder["again"]);
        foreach (string file in (string[])["model.safetensors", "metrics.jsonl", "encoder.json"]) Assert.Equal(File.ReadAllBytes(folder[$"run/{file}"]), File.ReadAllBytes(folder[$"again/{file}"]));
    }

    [Fact]
    public void A_task_column_gives_one_prediction_per_row()
    {
        using var folder = new TemporaryFolder();
        CommandLine.Succeed("train", trained.Data, "--out", folder["run"], "--task", "c", "-t", "amount", "--drop", "yes,kind", "-m", TrainedFolder.Model, "-e", "2", "--baseline", "none");
        string[] lines = Lines(CommandLine.Succeed("predict", folder["run"], trained.Data).Output);
        Assert.Equal("task,prediction", lines[0]);
        Assert.Equal(File.ReadAllLines(trained.Data)[1..].Select(line => line.Split(',')[2]), lines[1..].Select(line => line.Split(',')[0]));
        Assert.All(lines[1..], line => Number(line.Split(',')[1]));
    }

    private static double Metric(JsonElement.ArrayEnumerator tasks, string task, string metric)
        => tasks.First(entry => entry.GetProperty("task").GetString() == task).GetProperty("metrics").GetProperty(metric).GetDouble();

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
