using System.Text.Json;
using Polymath.Data.Runs;
using Polymath.Tabular.Tuning;

namespace Polymath.Tests;

/// <summary><c>polymath tune</c>.</summary>
public sealed class TuneTests
{
    private const string Model = "shared-bottom:bottom-hidden=8,tower-hidden=none";

    [Fact]
    public void The_best_trial_can_be_trained_again_and_predicts()
    {
        using var folder = new TemporaryFolder();
        string data = folder.WriteTable();
        Answer answer = CommandLine.Succeed("tune", data, "-t", "yes:binary", "-t", "amount", "-m", Model, "--search", "lr=0.001..0.1:log", "--search", "dropout=0/0.1", "--trials", "4", "-e", "2", "--baseline", "none", "--out", folder["out"]);
        foreach (string part in (string[])["4 trials by their validation score", "as given", "Scored once on 40 test rows", "polymath predict"]) Assert.Contains(part, answer.Output, StringComparison.Ordinal);
        Assert.All(answer.Output.Split('\n').Where(line => !line.Contains(folder.Path, StringComparison.Ordinal) && !line.StartsWith("The best, trained", StringComparison.Ordinal)), line => Assert.True(line.Length <= 80, line));
        Assert.Equal(["best", "best.yaml", "config.yaml", "trials.jsonl"], Directory.EnumerateFileSystemEntries(folder["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        CommandLine.Succeed("train", folder["out/best.yaml"], "--out", folder["again"], "--quiet");
        Assert.Equal(File.ReadAllBytes(folder["out/best/model.safetensors"]), File.ReadAllBytes(folder["again/model.safetensors"]));
        Assert.Equal(201, CommandLine.Succeed("predict", folder["out/best"], data).Output.Count(c => c == '\n'));
    }

    [Fact]
    public void Json_lists_the_trials_and_a_second_call_trains_nothing()
    {
        using var folder = new TemporaryFolder();
        string[] command = ["tune", folder.WriteTable(), "-t", "yes:binary", "-t", "amount", "-m", Model, "--search", "batch-size=16,32,64", "--method", "halving", "--trials", "4", "-e", "4", "--baseline", "none", "--out", folder["out"], "--json", "--quiet"];
        string first = CommandLine.Succeed(command).Output;
        using JsonDocument document = JsonDocument.Parse(first);
        JsonElement[] trials = [.. document.RootElement.GetProperty("trials").EnumerateArray()];
        Assert.Equal(4, trials.Length);
        Assert.Equal([4, 4, 1, 1], trials.Select(trial => trial.GetProperty("epochs").GetInt32()));
        Assert.Equal(2, document.RootElement.GetProperty("best").GetProperty("tasks").GetArrayLength());
        string lines = File.ReadAllText(folder["out/trials.jsonl"]);
        Assert.Equal(first, CommandLine.Succeed(command).Output);
        Assert.Equal(lines, File.ReadAllText(folder["out/trials.jsonl"]));
    }

    [Fact]
    public void Flags_become_a_file()
    {
        using var folder = new TemporaryFolder();
        string text = CommandLine.Succeed("tune", folder.WriteTable(), "-t", "yes", "--search", "expert-hidden=64/32,32", "--search", "lr=0.1/0.2", "--method", "halving", "--print-config").Output;
        foreach (string part in (string[])["kind: tune", "- \"expert-hidden=64/32,32\"", "method: halving", "trials: 20", "model: mmoe"]) Assert.Contains(part, text, StringComparison.Ordinal);
        Assert.Equal(text, CommandLine.Succeed("tune", folder.Write("tune.yaml", text), "--print-config").Output);
        string help = CommandLine.Succeed("tune", "--help").Output;
        foreach (SettingOption<TuningSettings> option in TuningOptions.Table.All) Assert.Contains($"--{option.Name}", help, StringComparison.Ordinal);
        Assert.All(help.Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    [Theory]
    [InlineData("--search", "lr", "name=low..high")]
    [InlineData("--search", "expert=2/4", "did you mean 'experts'")]
    [InlineData("--search", "experts=0/4", "experts=0", "expected")]
    [InlineData("--search", "dropout=0..2", "dropout=2", "expected")]
    [InlineData("--search", "lr=3..1", "low below high")]
    [InlineData("--trials", "0", "--trials", "'0'")]
    [InlineData("--method", "grid", "--method", "'grid'")]
    [InlineData("--model", "mmeo", "'mmeo'", "mmoe")]
    [InlineData("--validation", "0", "validation rows")]
    [InlineData("--optimizer", "adm", "adm")]
    public void A_bad_setting_is_one_sentence_and_leaves_nothing(string flag, string value, params string[] mentions)
    {
        using var folder = new TemporaryFolder();
        string[] search = flag == "--search" ? [] : ["--search", "lr=0.1/0.2"];
        Refusal.Of(folder, mentions, ["tune", folder.WriteTable(), "-t", "yes", "-t", "amount", "-e", "1", "--out", folder["out"], .. search, flag, value]);
    }

    [Fact]
    public void A_search_without_anything_to_vary_or_in_a_foreign_folder_is_refused()
    {
        using var folder = new TemporaryFolder();
        string data = folder.WriteTable();
        Refusal.Of(folder, ["nothing varies", "--search"], "tune", data, "-t", "yes", "--out", folder["out"]);
        Directory.CreateDirectory(folder["full"]);
        folder.Write("full/letter.txt", "dear");
        Refusal.Of(folder, ["full", "not empty"], "tune", data, "-t", "yes", "--search", "lr=0.1/0.2", "-e", "1", "--out", folder["full"]);
    }
}
