using System.Buffers.Binary;

namespace Polymath.Tests;

/// <summary>Run folders that are damaged, and tables that do not fit a run.</summary>
public sealed class BadRunFolderTests(TrainedFolder trained) : IClassFixture<TrainedFolder>
{
    [Fact]
    public void Weights_that_were_cut_off_are_refused()
    {
        using var folder = new TemporaryFolder();
        string run = trained.CopyTo(folder), file = Path.Combine(run, "model.safetensors");
        byte[] bytes = File.ReadAllBytes(file);
        foreach (int length in (int[])[0, 5, 100, bytes.Length - 1])
        {
            File.WriteAllBytes(file, bytes[..length]);
            Refusal.Of(folder, ["model.safetensors"], "predict", run, trained.Data);
            Refusal.Of(folder, ["model.safetensors"], "inspect", file);
        }
    }

    [Fact]
    public void Weights_with_a_corrupt_header_are_refused()
    {
        using var folder = new TemporaryFolder();
        string run = trained.CopyTo(folder), file = Path.Combine(run, "model.safetensors");
        byte[] bytes = File.ReadAllBytes(file);
        BinaryPrimitives.WriteInt64LittleEndian(bytes, long.MaxValue);
        File.WriteAllBytes(file, bytes);
        Refusal.Of(folder, ["model.safetensors"], "predict", run, trained.Data);
    }

    [Theory]
    [InlineData("encoder.json")]
    [InlineData("config.yaml")]
    [InlineData("model.safetensors")]
    public void A_missing_file_of_a_run_is_named(string file)
    {
        using var folder = new TemporaryFolder();
        string run = trained.CopyTo(folder);
        File.Delete(Path.Combine(run, file));
        Refusal.Of(folder, [file], "predict", run, trained.Data);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1, 2]")]
    [InlineData("{\"version\": 99}")]
    public void A_damaged_encoder_is_refused(string text)
    {
        using var folder = new TemporaryFolder();
        string run = trained.CopyTo(folder);
        File.WriteAllText(Path.Combine(run, "encoder.json"), text);
        Refusal.Of(folder, ["encoder.json"], "predict", run, trained.Data);
    }

    [Fact]
    public void An_encoder_that_was_cut_off_anywhere_is_refused()
    {
        using var folder = new TemporaryFolder();
        string run = trained.CopyTo(folder), file = Path.Combine(run, "encoder.json"), text = File.ReadAllText(file);
        for (int part = 1; part < 8; part++)
        {
            File.WriteAllText(file, text[..(text.Length * part / 8)]);
            Refusal.Of(folder, ["encoder.json"], "predict", run, trained.Data);
        }
    }

    [Theory]
    [InlineData("model: 'shared-bottom:bottom-hidden=16,tower-hidden=none'", "model.safetensors")]
    [InlineData("model: mmoe", "model.safetensors")]
    [InlineData("model: nothing", "'nothing'")]
    [InlineData("speed: 3", "'speed'")]
    public void Settings_that_do_not_fit_the_weights_are_refused(string line, string mention)
    {
        using var folder = new TemporaryFolder();
        string run = trained.CopyTo(folder), file = Path.Combine(run, "config.yaml"), key = line.Split(':')[0];
        File.WriteAllLines(file, [.. File.ReadAllLines(file).Where(old => !old.StartsWith($"{key}:", StringComparison.Ordinal)), line]);
        Refusal.Of(folder, [mention], "predict", run, trained.Data);
    }

    [Fact]
    public void A_table_without_an_input_column_is_refused()
    {
        using var folder = new TemporaryFolder();
        string data = folder.WriteTable("new.csv", change: rows => rows[0][1] = "bb");
        Refusal.Of(folder, ["new.csv", "'b'", "'bb'"], "predict", trained.Run, data);
        Refusal.Of(folder, ["new.csv", "'b'"], "predict", trained.Run, data, "--out", folder["predictions.csv"]);
        Refusal.Of(folder, ["new.csv", "'b'"], "evaluate", trained.Run, data);
    }

    [Fact]
    public void A_value_that_is_no_number_stops_a_prediction_without_output()
    {
        using var folder = new TemporaryFolder();
        string data = folder.WriteTable("new.csv", change: rows => rows[5][0] = "many");
        Refusal.Of(folder, ["new.csv", "line 6", "'a'", "'many'"], "predict", trained.Run, data, "--out", folder["predictions.csv"]);
        Refusal.Of(folder, ["line 6"], "predict", trained.Run, data);
    }

    [Fact]
    public void A_table_without_labels_cannot_be_scored()
    {
        using var folder = new TemporaryFolder();
        string data = folder.WriteTable("new.csv", change: rows => rows[0][3] = "other");
        Refusal.Of(folder, ["new.csv", "'yes'"], "evaluate", trained.Run, data);
    }

    [Fact]
    public void A_folder_that_is_no_run_is_refused()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["empty"]);
        foreach (string command in (string[])["predict", "evaluate"]) Refusal.Of(folder, ["config.yaml"], command, folder["empty"], trained.Data);
        Refusal.Of(folder, ["config.yaml"], "inspect", folder["empty"]);
        Refusal.Of(folder, ["config.yaml"], "train", "--resume", folder["empty"]);
    }

    [Fact]
    public void A_run_that_is_not_finished_says_how_to_go_on()
    {
        using var folder = new TemporaryFolder();
        string run = trained.CopyTo(folder);
        foreach (string file in (string[])["encoder.json", "model.safetensors", "report.json"]) File.Delete(Path.Combine(run, file));
        Directory.CreateDirectory(Path.Combine(run, "checkpoint"));
        foreach (string command in (string[])["predict", "evaluate"]) Refusal.Of(folder, ["not finished", $"polymath train --resume {run}"], command, run, trained.Data);
    }

    [Fact]
    public void A_folder_of_another_command_is_not_resumed_and_its_settings_are()
    {
        using var folder = new TemporaryFolder();
        string run = trained.CopyTo(folder), file = Path.Combine(run, "config.yaml");
        Assert.StartsWith("kind: train\n", File.ReadAllText(file), StringComparison.Ordinal);
        Refused();
        Assert.StartsWith("kind: tune\n", CommandLine.Succeed("tune", file, "--search", "lr=0.1/0.2", "--print-config").Output, StringComparison.Ordinal);

        // As runs were once written.
        File.WriteAllLines(file, File.ReadAllLines(file)[1..]);
        Refused();
        CommandLine.Succeed("predict", run, trained.Data);

        void Refused()
        {
            foreach (string command in (string[])["compare", "tune", "boost"]) Refusal.Of(folder, ["config.yaml", "kind 'train'", $"expected '{command}'", "use polymath train"], command, "--resume", run);
        }
    }

    [Theory]
    [InlineData("kind: tune\ndata: x.csv\n", "polymath tune --resume")]
    [InlineData("kind: compare\ndata: x.csv\n", "keeps no models")]
    public void A_search_or_a_comparison_is_no_run_to_use(string settings, string mention)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["other"]);
        folder.Write("other/config.yaml", settings);
        foreach (string command in (string[])["predict", "evaluate"]) Refusal.Of(folder, ["other", mention], command, folder["other"], trained.Data);
        Refusal.Of(folder, ["other", mention], "inspect", folder["other"]);
        Refusal.Of(folder, ["other", mention], "export", folder["other"], "--out", folder["model.onnx"]);
        Refusal.Of(folder, ["other", mention], "train", "--resume", folder["other"]);
    }

    [Theory]
    [InlineData("predict")]
    [InlineData("evaluate")]
    [InlineData("inspect")]
    public void Help_about_lines_to_skip_is_about_the_table_given(string command)
        => Assert.DoesNotContain("training file", string.Join(' ', CommandLine.Succeed(command, "--help").Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);

    [Fact]
    public void A_prediction_that_cannot_be_written_is_refused()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["taken"]);
        Refusal.Of(folder, ["taken"], "predict", trained.Run, trained.Data, "--out", folder["taken"]);
        Refusal.Of(folder, ["nowhere"], "predict", trained.Run, trained.Data, "--out", folder["nowhere/predictions.csv"]);
        Refusal.Of(folder, ["nowhere"], "generate", "multitab", "--rows", "5", "--out", folder["nowhere/data.csv"]);
    }

    [Fact]
    public void A_damaged_checkpoint_is_refused()
    {
        using var folder = new TemporaryFolder();
        string run = trained.CopyTo(folder), checkpoints = Path.Combine(run, "checkpoint");
        Directory.CreateDirectory(checkpoints);
        File.WriteAllText(Path.Combine(checkpoints, "multi-task.safetensors"), "nothing of the kind");
        string before = folder.Snapshot();
        Answer answer = CommandLine.Run("train", "--resume", run, "--quiet");
        Refusal.IsOne(answer, "multi-task.safetensors", "checkpoint");
        Assert.Equal(before, folder.Snapshot());
    }
}
