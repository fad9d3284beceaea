using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Polymath.Tests;

/// <summary>The tool as a process of its own: signals, kills, threads, pipes, a full disk.</summary>
public sealed partial class ProcessTests
{
    private const int Interrupt = 2, Kill = 9;
    private static readonly string[] s_results = ["model.safetensors", "metrics.jsonl", "encoder.json", "config.yaml"];
    private static readonly string[] s_command = ["train", "data.csv", "-t", "yes:binary", "-t", "amount", "-t", "kind", "-m", "shared-bottom:bottom-hidden=64/32,dropout=0.1", "-b", "uw", "--baseline", "single-task", "-e", "12", "--patience", "0", "--batch-size", "16"];

    [Fact]
    public void A_run_killed_three_times_ends_with_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        Reference(folder);
        using (Process first = CommandLine.Start(folder.Path, [.. s_command, "--out", "killed"])) KillAfterLines(first, 3);
        using (Process second = CommandLine.Start(folder.Path, "train", "--resume", "killed")) KillAfterLines(second, 6);
        using (Process third = CommandLine.Start(folder.Path, "train", "--resume", "killed")) KillAfterLines(third, 14);
        Answer last = CommandLine.RunProcess(folder.Path, "train", "--resume", "killed");
        Assert.Equal(0, last.Code);
        Assert.Contains("Continuing killed", last.Error, StringComparison.Ordinal);
        Same(folder, "killed");
    }

    [Fact]
    public void An_interrupted_run_answers_130_and_resumes_to_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        Reference(folder);
        using (Process process = CommandLine.Start(folder.Path, [.. s_command, "--out", "stopped"]))
        {
            WaitForLines(process, 4);
            Send(process, Interrupt);
            Answer answer = CommandLine.WaitFor(process);
            Assert.Equal(130, answer.Code);
            Assert.Contains("polymath train --resume stopped", answer.Error, StringComparison.Ordinal);
            Assert.Empty(answer.Output);
        }

        Assert.Contains("not finished", CommandLine.RunProcess(folder.Path, "inspect", "stopped").Output, StringComparison.Ordinal);
        Assert.Equal(0, CommandLine.RunProcess(folder.Path, "train", "--resume", "stopped").Code);
        Same(folder, "stopped");
    }

    [Fact]
    public void The_number_of_threads_does_not_change_a_byte()
    {
        using var folder = new TemporaryFolder();
        folder.WriteTable(rows: 600);
        foreach (int threads in (int[])[1, 2])
        {
            Answer answer = CommandLine.RunProcess(folder.Path, "train", "data.csv", "-t", "yes", "-t", "amount", "-m", "mmoe:experts=3", "-b", "cagrad", "-e", "2", "--batch-size", "256", "--out", $"run{threads}", "--threads", threads.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(0, answer.Code);
        }

        foreach (string file in s_results) Assert.Equal(File.ReadAllBytes(folder[$"run1/{file}"]), File.ReadAllBytes(folder[$"run2/{file}"]));
    }

    [Fact]
    public void A_reader_that_goes_away_is_no_error()
    {
        using var folder = new TemporaryFolder();
        using Process process = CommandLine.Start(folder.Path, "generate", "multitab", "--rows", "20000");
        process.StandardOutput.ReadLine();
        process.StandardOutput.Close();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Empty(error);
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public void A_full_device_behind_standard_output_is_one_sentence()
    {
        if (!File.Exists("/dev/full")) Assert.Skip("needs /dev/full");
        using var folder = new TemporaryFolder();
        Answer answer = Shell(folder, "dotnet \"$TOOL\" generate multitab --rows 2000 > /dev/full");
        Refusal.IsOne(answer, "No space left");
    }

    [Fact]
    public void A_full_disk_is_one_sentence_and_leaves_nothing_behind()
    {
        using var folder = new TemporaryFolder();
        folder.WriteTable();
        Directory.CreateDirectory(folder["disk"]);
        if (Shell(folder, "mount -t tmpfs -o size=64k tmpfs disk").Code != 0) Assert.Skip("mounting a small tmpfs needs privileges that this process does not have");
        try
        {
            Answer answer = CommandLine.RunProcess(folder.Path, [.. s_command, "--out", "disk/run", "--quiet"]);
            Refusal.IsOne(answer, "No space left");
            Assert.Empty(Directory.EnumerateFileSystemEntries(folder["disk"]));
            answer = CommandLine.RunProcess(folder.Path, "generate", "multitab", "--rows", "5000", "--out", "disk/data.csv");
            Refusal.IsOne(answer, "disk/data.csv", "No space left");
            Assert.Empty(Directory.EnumerateFileSystemEntries(folder["disk"]));
        }
        finally
        {
            Shell(folder, "umount disk");
        }
    }

    [Fact]
    public void A_mistake_is_answered_like_in_process()
    {
        using var folder = new TemporaryFolder();
        Refusal.IsOne(CommandLine.RunProcess(folder.Path, "train", "nothing.csv", "-t", "yes"), "nothing.csv", "no such file");
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_search_killed_twice_repeats_no_fit_and_ends_with_the_same_bytes()
    {
        string[] command = ["boost", "data.csv", "--task", "c", "-t", "amount", "--drop", "kind,yes", "--search", "shared=50,100 robust=0,50 task=50,100", "--folds", "4"];
        using var folder = new TemporaryFolder();
        folder.WriteTable(rows: 2000);
        Answer whole = CommandLine.RunProcess(folder.Path, [.. command, "--out", "whole"]);
        Assert.True(whole.Code == 0, whole.Error);
        using (Process first = CommandLine.Start(folder.Path, [.. command, "--out", "killed"])) KillAfterFits(first, folder["killed/search.jsonl"], 3);
        string[] kept = File.ReadAllLines(folder["killed/search.jsonl"]);
        using (Process second = CommandLine.Start(folder.Path, "boost", "--resume", "killed")) KillAfterFits(second, folder["killed/search.jsonl"], kept.Length + 2);
        Answer last = CommandLine.RunProcess(folder.Path, "boost", "--resume", "killed");
        Assert.True(last.Code == 0, last.Error);
        foreach (string file in (string[])[.. s_results, "search.jsonl"]) Assert.Equal(File.ReadAllBytes(folder[$"whole/{file}"]), File.ReadAllBytes(folder[$"killed/{file}"]));
        Assert.False(Directory.Exists(folder["killed/checkpoint"]));
    }

    // The journal grows by a line a fit: a moment that does not depend on how fast the machine is.
    private static void KillAfterFits(Process process, string journal, int fits)
    {
        while (!process.HasExited && (!File.Exists(journal) || Lines(journal) <= fits)) Thread.Sleep(2);
        if (!process.HasExited) Send(process, Kill);
        process.WaitForExit();
        Assert.Equal(128 + Kill, process.ExitCode);

        static int Lines(string path)
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd().Count(c => c == '\n');
        }
    }

    private static void Reference(TemporaryFolder folder)
    {
        folder.WriteTable(rows: 800);
        Answer answer = CommandLine.RunProcess(folder.Path, [.. s_command, "--out", "whole"]);
        Assert.True(answer.Code == 0, answer.Error);
    }

    private static void Same(TemporaryFolder folder, string run)
    {
        foreach (string file in s_results) Assert.Equal(File.ReadAllBytes(folder[$"whole/{file}"]), File.ReadAllBytes(folder[$"{run}/{file}"]));
        Assert.False(Directory.Exists(folder[$"{run}/checkpoint"]));
    }

    private static void KillAfterLines(Process process, int lines)
    {
        WaitForLines(process, lines);
        Send(process, Kill);
        process.WaitForExit();
        Assert.Equal(128 + Kill, process.ExitCode);
    }

    // Progress lines, one per epoch: a moment that does not depend on how fast the machine is.
    private static void WaitForLines(Process process, int lines)
    {
        for (int i = 0; i < lines; i++) Assert.NotNull(process.StandardError.ReadLine());
    }

    private static Answer Shell(TemporaryFolder folder, string script)
    {
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = folder.Path, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(script);
        start.Environment["TOOL"] = Path.Combine(AppContext.BaseDirectory, "polymath.dll");
        using Process process = Process.Start(start)!;
        return CommandLine.WaitFor(process);
    }

    private static void Send(Process process, int signal) => Assert.Equal(0, SendSignal(process.Id, signal));

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);
}
