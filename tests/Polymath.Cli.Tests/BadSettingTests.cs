using Polymath.Data.Runs;
using Polymath.Tabular.Runs;

namespace Polymath.Tests;

/// <summary>Bad settings, folders and command lines: one sentence, exit code 2, nothing left behind.</summary>
public sealed class BadSettingTests
{
    [Fact]
    public void An_unknown_model_lists_the_known_ones()
    {
        using var folder = new TemporaryFolder();
        Refused(folder, ["--model", "mmeo"], "'mmeo'", "mmoe", "shared-bottom", "ple");
    }

    [Fact]
    public void An_unknown_balancer_lists_the_known_ones()
    {
        using var folder = new TemporaryFolder();
        Refused(folder, ["--balancer", "cagard"], "'cagard'", "cagrad", "upgrad");
    }

    [Theory]
    [InlineData("--epochs", "0")]
    [InlineData("--epochs", "many")]
    [InlineData("--batch-size", "0")]
    [InlineData("--patience", "-1")]
    [InlineData("--validation", "1.5")]
    [InlineData("--validation", "NaN")]
    [InlineData("--test-fraction", "-0.1")]
    [InlineData("--min-frequency", "0")]
    [InlineData("--seed", "1.5")]
    [InlineData("--transform", "log")]
    [InlineData("--header", "perhaps")]
    [InlineData("--delimiter", "ab")]
    [InlineData("--baseline", "maybe")]
    public void A_value_out_of_range_is_named_with_its_flag(string flag, string value)
    {
        using var folder = new TemporaryFolder();
        Refused(folder, [flag, value], flag, $"'{value}'", "expected");
    }

    [Theory]
    [InlineData("--split", "column:nothing", "'nothing'")]
    [InlineData("--split", "sideways", "'sideways'")]
    [InlineData("--model", "mmoe:experts=0", "experts=0")]
    [InlineData("--balancer", "cagrad:c=-3", "c=-3")]
    [InlineData("--optimizer", "adm", "adm")]
    [InlineData("--optimizer", "adam:lr=-1", "lr")]
    [InlineData("--schedule", "cosinus", "cosinus")]
    public void A_part_that_cannot_be_made_is_named(string flag, string value, string mention)
    {
        using var folder = new TemporaryFolder();
        Refused(folder, [flag, value], mention);
    }

    [Fact]
    public void A_folder_that_is_not_empty_is_left_alone()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["out"]);
        File.WriteAllText(Path.Combine(folder["out"], "letter.txt"), "dear");
        Refused(folder, [], "out", "not empty", "--overwrite");
        Refused(folder, ["--overwrite"], "out", "not a run");
    }

    [Fact]
    public void A_file_is_no_folder()
    {
        using var folder = new TemporaryFolder();
        folder.Write("out", "text");
        Refused(folder, [], "out", "found a file");
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_named()
    {
        // Nobody, not even root, makes a folder in /proc.
        if (!Directory.Exists("/proc/self")) Assert.Skip("needs /proc");
        using var folder = new TemporaryFolder();
        Refusal.Of(folder, ["/proc/self/out", "cannot be written"], "train", folder.WriteTable(), "--out", "/proc/self/out", "-t", "yes", "-m", TrainedFolder.Model, "-e", "1");
    }

    [Fact]
    public void A_bad_setting_does_not_cost_the_run_it_would_replace()
    {
        using var folder = new TemporaryFolder();
        string data = folder.WriteTable();
        CommandLine.Succeed("train", data, "--out", folder["out"], "-t", "yes", "-m", TrainedFolder.Model, "-e", "1");
        Refused(folder, ["--overwrite", "--model", "mmeo"], "'mmeo'");
        Refusal.Of(folder, ["'mmeo'"], "train", "--demo", "--out", folder["out"], "--overwrite", "--model", "mmeo");
    }

    [Fact]
    public void A_failed_start_leaves_an_empty_folder_empty()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["out"]);
        Refused(folder, ["--model", "mmeo"], "'mmeo'");
        Refusal.Of(folder, ["'mmeo'"], "train", "--demo", "--out", folder["out/deep/er"], "--model", "mmeo");
    }

    [Theory]
    [InlineData("epochs: 0", "line 1", "epochs")]
    [InlineData("data: x.csv\nepohcs: 3", "line 2", "did you mean 'epochs'?")]
    [InlineData("a: [", "line", "not valid YAML")]
    [InlineData("just words", "YAML", "mapping")]
    public void A_bad_configuration_is_named_by_its_line(string yaml, params string[] mentions)
    {
        using var folder = new TemporaryFolder();
        Refusal.Of(folder, ["run.yaml", .. mentions], "train", folder.Write("run.yaml", yaml), "--out", folder["out"]);
    }

    [Theory]
    [InlineData("did you mean 'train'?", "trian")]
    [InlineData("did you mean '--model'?", "train", "x.csv", "--modle", "ple")]
    [InlineData("unexpected argument 'b.csv'", "train", "a.csv", "b.csv")]
    [InlineData("--epochs: a value is missing", "train", "a.csv", "--epochs")]
    [InlineData("--epochs", "train", "a.csv", "--epochs", "1", "--epochs", "2")]
    [InlineData("DATA is missing", "predict", "run")]
    [InlineData("--threads: found 'two'", "models", "--threads", "two")]
    [InlineData("--threads: found 0", "models", "--threads", "0")]
    [InlineData("no command was given", "--json")]
    [InlineData("expected one of them", "train", "--demo", "a.csv")]
    [InlineData("leave that out", "train", "--resume", "run", "--epochs", "3")]
    [InlineData("no training table", "train")]
    [InlineData("no such run folder", "train", "--resume", "nowhere")]
    [InlineData("no such run folder", "predict", "nowhere", "a.csv")]
    [InlineData("correlation", "generate", "multitab", "--correlation", "2")]
    [InlineData("did you mean", "generate", "multitap")]
    [InlineData("expected a file of correlations", "generate", "multitab", "--correlation-matrix", "nowhere.csv")]
    [InlineData("tasks: found 0", "generate", "multitab", "--tasks", "0")]
    [InlineData("features: found 3", "generate", "multitab", "--tasks", "4", "--features", "3")]
    [InlineData("noise: found 2 values", "generate", "multitab", "--noise", "0.1,0.2")]
    [InlineData("degree: found 0", "generate", "multitab", "--degrees", "0")]
    public void A_command_line_that_cannot_be_run_gets_one_sentence(string mention, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        Refusal.Of(folder, [mention], arguments);
    }

    [Fact]
    public void Every_setting_has_one_flag_in_the_help()
    {
        string help = CommandLine.Succeed("train", "--help").Output;
        foreach (SettingOption<RunSettings> option in RunOptions.All) Assert.Contains($"--{option.Name}", help, StringComparison.Ordinal);
        Assert.All(help.Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    private static void Refused(TemporaryFolder folder, string[] flags, params string[] mentions)
    {
        if (!File.Exists(folder["data.csv"])) folder.WriteTable();
        var arguments = new List<string> { "train", folder["data.csv"], "--out", folder["out"], "-t", "yes" };
        if (!flags.Contains("--model")) arguments.AddRange(["-m", TrainedFolder.Model]);
        if (!flags.Contains("--epochs")) arguments.AddRange(["-e", "1"]);
        Refusal.Of(folder, mentions, [.. arguments, .. flags]);
    }
}
