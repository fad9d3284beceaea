using System.Globalization;
using System.Text.Json;
using Polymath.Boosting.Runs;
using Polymath.Data.Runs;

namespace Polymath.Tests;

/// <summary>polymath boost, and the commands that take its runs.</summary>
public sealed class BoostTests(BoostedFolder boosted) : IClassFixture<BoostedFolder>
{
    [Fact]
    public void The_result_names_tasks_baselines_gains_outliers_and_files()
    {
        using var folder = new TemporaryFolder();
        Answer answer = CommandLine.Succeed(["boost", boosted.Data, .. BoostedFolder.Settings, "--out", folder["run"]]);
        foreach (string part in (string[])["r-mtgb", "task", "metric", "single-task", "multi-task", "gain", "red", "green", "blue", "r2", "mean", "%", folder["run"], "report.html", "Sharing"]) Assert.Contains(part, answer.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("multi-task", answer.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', answer.Output + answer.Error);
        Assert.Equal(["config.yaml", "encoder.json", "metrics.jsonl", "model.safetensors", "report.html", "report.json"], Directory.EnumerateFileSystemEntries(folder["run"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Predictions_name_the_task_of_each_row_and_agree_with_the_evaluation()
    {
        string[][] predicted = [.. CommandLine.Succeed("predict", boosted.Run, boosted.Data).Output.TrimEnd().Split('\n').Select(line => line.Split(','))];
        string[][] known = [.. File.ReadAllLines(boosted.Data).Select(line => line.Split(','))];
        Assert.Equal(["task", "prediction"], predicted[0]);
        Assert.Equal(known[1..].Select(row => row[2]), predicted[1..].Select(row => row[0]));
        using JsonDocument scores = JsonDocument.Parse(CommandLine.Succeed("evaluate", boosted.Run, boosted.Data, "--json").Output);
        foreach (JsonElement task in scores.RootElement.GetProperty("tasks").EnumerateArray())
        {
            double error = predicted[1..].Zip(known[1..]).Where(pair => pair.First[0] == task.GetProperty("task").GetString()).Average(pair => Math.Abs(Number(pair.First[1]) - Number(pair.Second[4])));
            Assert.Equal(error, task.GetProperty("metrics").GetProperty("mae").GetDouble(), 5);
        }
    }

    [Fact]
    public void An_unknown_task_is_refused_with_row_column_and_label_or_predicted_when_asked()
    {
        using var folder = new TemporaryFolder();
        string data = folder.Write("new.csv", "a,b,c\n0.1,0.2,red\n0.3,0.1,gren\n");
        Refusal.Of(folder, ["new.csv", "row 2", "'c'", "'gren'", "did you mean 'green'?"], "predict", boosted.Run, data, "--out", folder["p.csv"]);
        string[] lines = CommandLine.Succeed("predict", boosted.Run, data, "--unknown-task", "fallback").Output.TrimEnd().Split('\n');
        Assert.StartsWith("red,", lines[1], StringComparison.Ordinal);
        Assert.True(double.IsFinite(Number(lines[2].TrimStart(','))));
        Refusal.Of(folder, ["--unknown-task", "'skip'", "error or fallback"], "predict", boosted.Run, data, "--unknown-task", "skip");
    }

    [Fact]
    public void A_run_shows_its_settings_tasks_mixes_and_trees()
    {
        string text = CommandLine.Succeed("inspect", boosted.Run).Output;
        foreach (string part in (string[])["finished", "preset: auto", "task: c", "outlier score", "red", "trees: ", "leaves"]) Assert.Contains(part, text, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(CommandLine.Succeed("inspect", boosted.Run, "--json").Output);
        Assert.Equal("boost", json.RootElement.GetProperty("kind").GetString());
        Assert.Equal(3, json.RootElement.GetProperty("tasks").GetArrayLength());
        Assert.InRange(json.RootElement.GetProperty("tasks")[0].GetProperty("mix").GetDouble(), 0, 1);
        Assert.True(json.RootElement.GetProperty("taskTrees").GetInt64() > 0);
    }

    [Fact]
    public void Printed_settings_give_the_same_run()
    {
        using var folder = new TemporaryFolder();
        string yaml = CommandLine.Succeed(["boost", boosted.Data, .. BoostedFolder.Settings, "--print-config"]).Output;
        Assert.StartsWith("kind: boost\n", yaml, StringComparison.Ordinal);
        CommandLine.Succeed("boost", folder.Write("boost.yaml", yaml), "--out", folder["run"]);
        foreach (string file in (string[])["config.yaml", "encoder.json", "model.safetensors", "metrics.jsonl"]) Assert.Equal(File.ReadAllBytes(Path.Combine(boosted.Run, file)), File.ReadAllBytes(folder[$"run/{file}"]));
        Refusal.Of(folder, ["boost.yaml", "kind 'boost'", "use polymath boost"], "train", folder["boost.yaml"], "--out", folder["other"]);
    }

    [Fact]
    public void A_search_shows_its_points_and_keeps_the_best()
    {
        using var folder = new TemporaryFolder();
        Answer answer = CommandLine.Succeed("boost", boosted.Data, "--task-column", "c", "-t", "amount", "--drop", "kind,yes", "--search", "shared=2,20 task=2", "--folds", "3", "--search-metric", "rmse", "--baseline", "none", "--out", folder["run"]);
        foreach (string part in (string[])["settings", "rmse", "±", "shared=2 task=2", "shared=20 task=2", "chosen"]) Assert.Contains(part, answer.Output, StringComparison.Ordinal);
        Assert.Equal(1 + (2 * 3), File.ReadAllLines(folder["run/search.jsonl"]).Length);
        Assert.Contains("Grid search", File.ReadAllText(folder["run/report.html"]), StringComparison.Ordinal);
    }

    [Fact]
    public void The_answer_is_the_report_as_json()
    {
        using var folder = new TemporaryFolder();
        Answer answer = CommandLine.Succeed(["boost", boosted.Data, .. BoostedFolder.Settings, "--out", folder["run"], "--json", "--quiet"]);
        Assert.Empty(answer.Error);
        using JsonDocument json = JsonDocument.Parse(answer.Output);
        Assert.Equal(3, json.RootElement.GetProperty("boosting").GetProperty("mixes").GetArrayLength());
        Assert.Equal(File.ReadAllText(folder["run/report.json"]), answer.Output);
    }

    [Theory]
    [InlineData("--learning-rate", "0")]
    [InlineData("--max-leaves", "0")]
    [InlineData("--max-bins", "256")]
    [InlineData("--row-sample", "1.5")]
    [InlineData("--l2", "-1")]
    [InlineData("--preset", "rmtgb")]
    [InlineData("--learner", "fast")]
    [InlineData("--unknown-task", "skip")]
    [InlineData("--folds", "1")]
    [InlineData("--validation", "1.5")]
    public void A_value_out_of_range_is_named_with_its_flag(string flag, string value) => Refused([flag, value], flag, $"'{value}'", "expected");

    [Theory]
    [InlineData("--robust-iterations", "5", "the preset pooled has no such block", "--preset", "pooled")]
    [InlineData("--weights", "wieght", "weights column 'wieght'")]
    [InlineData("--monotone", "a", "expected name=1 or name=-1")]
    [InlineData("--monotone", "aa=1", "'aa'")]
    [InlineData("--loss", "squard", "squared")]
    [InlineData("--search", "max-leavs=2,4", "did you mean 'max-leaves'?")]
    [InlineData("--split", "column:nothing", "'nothing'")]
    public void A_setting_that_does_not_fit_is_named(string flag, string value, string mention, params string[] further) => Refused([flag, value, .. further], mention);

    [Theory]
    [InlineData("did you mean '--max-leaves'?", "boost", "x.csv", "--max-leavs", "3")]
    [InlineData("did you mean 'boost'?", "boots")]
    [InlineData("no training table", "boost")]
    [InlineData("no such run folder", "boost", "--resume", "nowhere")]
    [InlineData("leave that out", "boost", "--resume", "run", "--paper")]
    [InlineData("no such file", "boost", "nothing.yaml")]
    public void A_command_line_that_cannot_be_run_gets_one_sentence(string mention, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        Refusal.Of(folder, [mention], arguments);
    }

    [Fact]
    public void A_broken_table_is_named_by_its_line()
    {
        using var folder = new TemporaryFolder();
        string data = folder.WriteTable(change: rows => rows[7] = ["1", "2"]);
        Refusal.Of(folder, ["data.csv", "line 8"], "boost", data, "--task", "c", "-t", "amount", "--out", folder["out"]);
        Refusal.Of(folder, ["did you mean 'amount'?"], "boost", boosted.Data, "--task", "c", "-t", "amuont", "--out", folder["out"]);
        Refusal.Of(folder, ["task column", "'cc'"], "boost", boosted.Data, "--task", "cc", "-t", "amount", "--out", folder["out"]);
    }

    [Fact]
    public void A_folder_with_something_in_it_is_left_alone()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["out"]);
        File.WriteAllText(Path.Combine(folder["out"], "letter.txt"), "dear");
        Refusal.Of(folder, ["not empty"], "boost", boosted.Data, "--task", "c", "-t", "amount", "--out", folder["out"]);
        Refusal.Of(folder, ["not a run"], "boost", boosted.Data, "--task", "c", "-t", "amount", "--out", folder["out"], "--overwrite");
    }

    [Fact]
    public void A_damaged_model_is_refused()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["run"]);
        foreach (string file in Directory.EnumerateFiles(boosted.Run)) File.Copy(file, Path.Combine(folder["run"], Path.GetFileName(file)));
        byte[] bytes = File.ReadAllBytes(folder["run/model.safetensors"]);
        File.WriteAllBytes(folder["run/model.safetensors"], bytes[..(bytes.Length / 2)]);
        Refusal.Of(folder, ["model.safetensors"], "predict", folder["run"], boosted.Data);
        File.Delete(folder["run/model.safetensors"]);
        Refusal.Of(folder, ["model.safetensors", "missing"], "predict", folder["run"], boosted.Data);
    }

    [Fact]
    public void Every_setting_has_one_flag_in_the_help()
    {
        string help = CommandLine.Succeed("boost", "--help").Output;
        foreach (SettingOption<BoostSettings> option in BoostOptions.Table.All) Assert.Contains($"--{option.Name} ", help, StringComparison.Ordinal);
        Assert.All(help.Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    private void Refused(string[] flags, params string[] mentions)
    {
        using var folder = new TemporaryFolder();
        Refusal.Of(folder, mentions, ["boost", boosted.Data, "--task", "c", "-t", "amount", "--drop", "kind,yes", "--out", folder["out"], .. flags]);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
