using System.Diagnostics;
using System.Text.Json;
using Polymath.Data.Runs;
using Polymath.Tabular.Comparing;

namespace Polymath.Tests;

/// <summary><c>polymath compare</c>.</summary>
public sealed class CompareTests
{
    private const string Small = "shared-bottom:bottom-hidden=8,tower-hidden=none", Models = $"single-task:bottom-hidden=8,tower-hidden=none,{Small},mmoe:experts=2,expert-hidden=8,tower-hidden=none";

    [Fact]
    public void A_grid_is_compared_in_80_columns()
    {
        using var folder = new TemporaryFolder();
        string data = folder.WriteTable();
        Answer answer = CommandLine.Succeed("compare", data, "-t", "yes:binary", "-t", "amount", "-t", "kind", "-m", Models, "-b", "ew,uw", "--seeds", "2", "-e", "2", "--out", folder["out"]);
        Assert.Equal(["config.yaml", "report.html", "results.jsonl"], Directory.EnumerateFileSystemEntries(folder["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(1 + (5 * 2), File.ReadLines(folder["out/results.jsonl"]).Count());
        foreach (string part in (string[])["data: 5 models, 3 tasks, 2 seeds, 140 training rows, 40 test rows", "yes: auc, 40 labels", "mean over tasks", "mmoe + uw", "reference", "95% interval", "parameters", "rows/s", "Student's t over 2 paired seeds", "report.html"]) Assert.Contains(part, answer.Output, StringComparison.Ordinal);
        string[] tables = [.. answer.Output.Split('\n').Where(line => !line.StartsWith("  ", StringComparison.Ordinal) && !line.StartsWith("Results: ", StringComparison.Ordinal))];
        Assert.All(tables, line => Assert.True(line.Length <= 80, line));
        string help = CommandLine.Succeed("compare", "--help").Output;
        foreach (SettingOption<ComparisonSettings> option in ComparisonOptions.Table.All) Assert.Contains($"--{option.Name}", help, StringComparison.Ordinal);
        Assert.All(help.Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public void Json_holds_what_the_table_says_and_a_second_call_trains_nothing()
    {
        using var folder = new TemporaryFolder();
        string[] command = ["compare", folder.WriteTable(), "-t", "yes:binary", "-t", "amount", "-m", Models, "--seeds", "2", "-e", "2", "--out", folder["out"], "--json", "--quiet"];
        string first = CommandLine.Succeed(command).Output;
        using JsonDocument document = JsonDocument.Parse(first);
        JsonElement[] cells = [.. document.RootElement.GetProperty("cells").EnumerateArray()];
        Assert.Equal(["single-task", "shared-bottom", "mmoe"], cells.Select(cell => cell.GetProperty("label").GetString()));
        Assert.Equal("single-task", document.RootElement.GetProperty("reference").GetString());
        JsonElement task = cells[1].GetProperty("tasks")[0];
        Assert.Equal(2, task.GetProperty("values").GetArrayLength());
        Assert.Equal(task.GetProperty("mean").GetDouble() - cells[0].GetProperty("tasks")[0].GetProperty("mean").GetDouble(), task.GetProperty("difference").GetProperty("mean").GetDouble(), 1e-12);
        Assert.False(cells[0].GetProperty("tasks")[0].TryGetProperty("difference", out _));
        string lines = File.ReadAllText(folder["out/results.jsonl"]);
        Assert.Equal(first, CommandLine.Succeed(command).Output);
        Assert.Equal(first, CommandLine.Succeed("compare", "--resume", folder["out"], "--json", "--quiet").Output);
        Assert.Equal(lines, File.ReadAllText(folder["out/results.jsonl"]));
    }

    [Fact]
    public void A_model_named_later_joins_the_grid_and_one_that_cannot_says_why_in_the_results()
    {
        using var folder = new TemporaryFolder();
        string[] flags = [folder.WriteTable(), "-t", "yes:binary", "-t", "amount", "-e", "1", "--out", folder["out"]];
        CommandLine.Succeed(["compare", .. flags, "-m", Small, "--seeds", "2"]);
        Answer joined = CommandLine.Succeed(["compare", .. flags, "-m", "esmm", "--quiet"]);
        Assert.Contains("data: 2 models, 2 tasks, 2 seeds", joined.Output, StringComparison.Ordinal);
        Assert.Contains("Note: esmm has no result: task 'amount' is", joined.Output, StringComparison.Ordinal);
        Assert.Contains("shared-bottom alone has a result; there is nothing to compare it with.", joined.Output, StringComparison.Ordinal);
        Assert.Contains($"- \"{Small}\"", File.ReadAllText(folder["out/config.yaml"]), StringComparison.Ordinal);
        Assert.DoesNotContain("minus that of", File.ReadAllText(folder["out/report.html"]), StringComparison.Ordinal);
        Assert.Contains("Continuing", CommandLine.Succeed("compare", "--resume", folder["out"]).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Flags_become_a_file_and_the_file_the_same_comparison()
    {
        using var folder = new TemporaryFolder();
        string[] flags = ["-t", "yes:binary", "-t", "amount", "-m", Small, "-m", "ple", "-b", "cagrad:c=0.2,uw", "--reference", "ple", "--seeds", "3"];
        string text = CommandLine.Succeed(["compare", folder.WriteTable(), .. flags, "--print-config"]).Output;
        foreach (string part in (string[])["kind: compare", $"- \"{Small}\"", "- ple", "- \"cagrad:c=0.2\"", "- uw", "reference: ple", "seeds: 3"]) Assert.Contains(part, text, StringComparison.Ordinal);
        Assert.Equal(text, CommandLine.Succeed("compare", folder.Write("compare.yaml", text), "--print-config").Output);
        Refusal.Of(folder, ["'compare'", "expected 'train'", "polymath compare"], "train", folder["compare.yaml"], "--out", folder["out"]);
    }

    [Theory]
    [InlineData("--models", "mmeo", "'mmeo'", "mmoe")]
    [InlineData("--models", "mmoe:expert=4", "'expert'", "did you mean 'experts'")]
    [InlineData("--models", "mmoe:experts=4,ple:experts=0", "experts")]
    [InlineData("--models", ",", "--models", "empty name")]
    [InlineData("--models", "ple,ple", "listed twice")]
    [InlineData("--balancers", "cagard", "'cagard'", "cagrad")]
    [InlineData("--balancers", "cagrad:c=-3", "c=-3")]
    [InlineData("--seeds", "0", "--seeds", "'0'")]
    [InlineData("--reference", "home", "'home'", "not in the grid")]
    [InlineData("--epochs", "0", "--epochs", "'0'")]
    [InlineData("--optimizer", "adm", "adm")]
    [InlineData("--split", "sideways", "'sideways'")]
    [InlineData("--target", "nothing", "'nothing'")]
    public void A_bad_setting_is_one_sentence_and_leaves_nothing(string flag, string value, params string[] mentions)
    {
        using var folder = new TemporaryFolder();
        Refusal.Of(folder, mentions, ["compare", folder.WriteTable(), "-t", "yes", .. flag == "--epochs" ? (string[])[] : ["-e", "1"], "--out", folder["out"], flag, value]);
    }

    [Fact]
    public void Other_folders_are_refused_and_left_alone()
    {
        using var folder = new TemporaryFolder();
        string data = folder.WriteTable();
        string[] command = ["compare", data, "-t", "yes", "-t", "amount", "-m", Small, "--seeds", "1", "--quiet"];
        CommandLine.Succeed([.. command, "-e", "1", "--out", folder["one"]]);
        Refusal.Of(folder, ["results.jsonl", "belongs to a comparison of other data or other settings", "new folder"], [.. command, "-e", "2", "--out", folder["one"]]);
        Refusal.Of(folder, ["--resume goes on with the settings", "'--epochs'"], "compare", "--resume", folder["one"], "-e", "2");
        Refusal.Of(folder, ["no such run folder"], "compare", "--resume", folder["nowhere"]);
        CommandLine.Succeed("train", data, "-t", "yes", "-m", Small, "-e", "1", "--out", folder["run"], "--quiet");
        Refusal.Of(folder, ["run", "not empty"], [.. command, "-e", "1", "--out", folder["run"]]);
        Refusal.Of(folder, ["config.yaml", "kind 'train', expected 'compare'"], "compare", "--resume", folder["run"]);
        CommandLine.Succeed([.. command, "-e", "2", "--out", folder["one"], "--overwrite"]);
    }

    [Fact]
    public void A_killed_comparison_goes_on_and_an_interrupted_one_says_how()
    {
        using var folder = new TemporaryFolder();
        folder.WriteTable(rows: 400);
        string[] command = ["compare", "data.csv", "-t", "yes", "-t", "amount", "-m", Models, "--seeds", "3", "-e", "6", "--patience", "0", "--batch-size", "16"];
        Assert.Equal(0, CommandLine.RunProcess(folder.Path, [.. command, "--out", "whole"]).Code);
        using (Process process = CommandLine.Start(folder.Path, [.. command, "--out", "killed"]))
        {
            WaitForLines(folder["killed/results.jsonl"], 3);
            process.Kill();
            process.WaitForExit();
        }

        using (Process process = CommandLine.Start(folder.Path, "compare", "--resume", "killed"))
        {
            WaitForLines(folder["killed/results.jsonl"], 5);
            using (Process kill = Process.Start("kill", ["-INT", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])) kill.WaitForExit();
            Answer answer = CommandLine.WaitFor(process);

            // The signal may come too late.
            if (answer.Code != 0) Assert.Equal((130, true), (answer.Code, answer.Error.Contains("Continue with: polymath compare --resume killed", StringComparison.Ordinal)));
        }

        Assert.Equal(0, CommandLine.RunProcess(folder.Path, "compare", "--resume", "killed").Code);
        Assert.Equal(Scores(folder["whole/results.jsonl"]), Scores(folder["killed/results.jsonl"]));
    }

    private static void WaitForLines(string path, int lines)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromMinutes(2))
        {
            if (File.Exists(path))
            {
                using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
                if (reader.ReadToEnd().Count(c => c == '\n') >= lines) return;
            }

            Thread.Sleep(5);
        }

        Assert.Fail($"{path}: not {lines} lines in two minutes");
    }

    private static string[] Scores(string path) => [.. File.ReadLines(path).Skip(1).Select(line =>
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement run = document.RootElement;
        return $"{run.GetProperty("model")} {run.GetProperty("seed")} {run.GetProperty("bestEpoch")} {run.GetProperty("test").GetRawText()} {run.GetProperty("resampled").GetRawText()}";
    })];
}
