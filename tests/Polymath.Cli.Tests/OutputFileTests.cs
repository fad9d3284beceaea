using System.Diagnostics;

namespace Polymath.Tests;

/// <summary>The files that commands write: what is kept, what is refused, and what is no file at all.</summary>
public sealed class OutputFileTests(TrainedFolder trained) : IClassFixture<TrainedFolder>
{
    private static readonly string[] s_generate = ["generate", "multitab", "--tasks", "2", "--features", "3", "--rows", "4"];

    [Fact]
    public void What_exists_is_replaced_only_when_asked_for()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("mine.csv", "mine");
        foreach (string[] command in (string[][])[["predict", trained.Run, trained.Data, "--out", file], [.. s_generate, "--out", file], [.. s_generate, "--out", folder["new.csv"], "--test-out", file, "--test-rows", "3"]])
        {
            Refusal.Of(folder, ["mine.csv: exists already", "--overwrite"], command);
            CommandLine.Succeed([.. command, "--overwrite", "--quiet"]);
            Assert.NotEqual("mine", File.ReadAllText(file));
            File.WriteAllText(file, "mine");
        }
    }

    [Fact]
    public void An_empty_file_holds_nothing_to_lose()
    {
        using var folder = new TemporaryFolder();
        CommandLine.Succeed([.. s_generate, "--out", folder.Write("empty.csv", string.Empty)]);
        Assert.Equal(5, File.ReadAllLines(folder["empty.csv"]).Length);
    }

    [Fact]
    public void A_command_does_not_write_over_what_it_reads_or_writes()
    {
        using var folder = new TemporaryFolder();
        string data = folder.WriteTable(), other = Path.Combine(folder.Path, ".", "data.csv");
        Refusal.Of(folder, ["data.csv", "the table to predict for"], "predict", trained.Run, data, "--out", other, "--overwrite");
        Refusal.Of(folder, ["--test-out", "the file of --out"], [.. s_generate, "--out", folder["a.csv"], "--test-out", folder["a.csv"]]);
        Refusal.Of(folder, ["--test-out", "the file of --validation-out"], [.. s_generate, "--validation-out", folder["a.csv"], "--test-out", folder["a.csv"], "--overwrite"]);
        string matrix = folder.Write("matrix.csv", "1, 0\n0, 1\n");
        Refusal.Of(folder, ["--correlation-matrix"], [.. s_generate, "--correlation-matrix", matrix, "--out", matrix, "--overwrite"]);
    }

    [Fact]
    public void A_minus_is_standard_output_for_predictions_and_no_file_elsewhere()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(CommandLine.Succeed("predict", trained.Run, trained.Data).Output, CommandLine.Succeed("predict", trained.Run, trained.Data, "-o", "-").Output);
        Refusal.Of(folder, ["--out", "'-'"], [.. s_generate, "--out", "-"]);
        Refusal.Of(folder, ["--out", "'-'"], "export", trained.Run, "--out", "-");
        Assert.False(File.Exists("-"));
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_named()
    {
        using var folder = new TemporaryFolder();
        string file = folder["sub/dir/file.csv"], missing = folder["sub/dir"] + ": no such folder";
        foreach (string[] command in (string[][])[["predict", trained.Run, trained.Data, "--out", file], [.. s_generate, "--out", file], [.. s_generate, "--out", folder["a.csv"], "--test-out", file], ["export", trained.Run, "--out", file]])
        {
            Assert.DoesNotContain(".tmp", Refusal.Of(folder, [file, missing], command).Error, StringComparison.Ordinal);
        }

        folder.Write("taken", "mine");
        Refusal.Of(folder, ["taken: found a file, expected a folder"], "train", trained.Data, "-t", "yes", "--out", folder["taken/run"]);
        Refusal.Of(folder, ["taken: is a file, expected a folder"], "predict", trained.Run, trained.Data, "--out", folder["taken/file.csv"]);
    }

    [Fact]
    public async Task A_pipe_receives_the_predictions()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("needs mkfifo");
        using var folder = new TemporaryFolder();
        using (Process make = Process.Start("mkfifo", folder["pipe"])) make.WaitForExit();
        Task<string> reader = Task.Run(() => File.ReadAllText(folder["pipe"]));
        CommandLine.Succeed("predict", trained.Run, trained.Data, "--out", folder["pipe"]);
        Assert.Equal(CommandLine.Succeed("predict", trained.Run, trained.Data).Output, await reader);
        Assert.Equal([folder["pipe"]], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_link_stays_a_link()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("links need privileges on Windows");
        using var folder = new TemporaryFolder();
        folder.Write("kept.csv", "old");
        File.CreateSymbolicLink(folder["link.csv"], "kept.csv");
        Refusal.Of(folder, ["link.csv: exists already"], "predict", trained.Run, trained.Data, "--out", folder["link.csv"]);
        CommandLine.Succeed("predict", trained.Run, trained.Data, "--out", folder["link.csv"], "--overwrite");
        Assert.Equal("kept.csv", new FileInfo(folder["link.csv"]).LinkTarget);
        Assert.Equal(CommandLine.Succeed("predict", trained.Run, trained.Data).Output, File.ReadAllText(folder["kept.csv"]));
    }

    [Fact]
    public void The_help_says_what_a_file_holds()
    {
        string help = string.Join(' ', CommandLine.Succeed("predict", "--help").Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        foreach (string part in (string[])["with --json one JSON object a line", "'-' or nothing for standard output", "--overwrite"]) Assert.Contains(part, help, StringComparison.Ordinal);
    }
}
