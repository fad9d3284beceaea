using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Polymath.Tests;

/// <summary>A merge as a process of its own: killed, interrupted, continued.</summary>
public sealed partial class MergeProcessTests
{
    private const int Interrupt = 2, Kill = 9, Kills = 5;

    [Fact]
    public void A_merge_killed_five_times_ends_with_the_same_bytes_and_redoes_no_finished_file()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("needs signals");
        using var folder = new TemporaryFolder();
        MergeModels.WriteFamily(folder, hidden: 256, layers: 24);
        string[] command = ["merge", "--method", "ties", "--base", "base", "--model", "a:weight=0.5,density=0.6", "--model", "b:weight=0.5,density=0.6", "--shard-size", "1MB", "--no-report", "--json", "--threads", "1"];
        Assert.Equal(0, CommandLine.RunProcess(folder.Path, [.. command, "whole"]).Code);
        var random = new Random(20_261_126);
        string journal = folder["killed.partial/merge.journal"];
        int finished = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            using Process process = CommandLine.Start(folder.Path, [.. command, "killed"]);
            int until = finished + 1 + random.Next(3);
            while (!process.HasExited && Finished(journal).Length < until) Thread.Sleep(1);
            Thread.Sleep(random.Next(5));
            if (process.HasExited) break;
            Assert.Equal(0, SendSignal(process.Id, Kill));
            process.WaitForExit();
            Assert.False(Directory.Exists(folder["killed"]));
            finished = Finished(journal).Length;
        }

        string[] kept = Finished(journal);
        Answer last = CommandLine.RunProcess(folder.Path, [.. command, "killed"]);
        Assert.True(last.Code == 0, last.Error);
        using JsonDocument result = JsonDocument.Parse(last.Output);
        Assert.Equal(kept, result.RootElement.GetProperty("files").EnumerateArray().Where(file => file.GetProperty("resumed").GetBoolean()).Select(file => file.GetProperty("name").GetString()!));
        Assert.Equal(File.ReadAllText(folder["whole/SHA256SUMS"]), File.ReadAllText(folder["killed/SHA256SUMS"]));
        foreach (string file in Directory.GetFiles(folder["whole"], "*.safetensors")) Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(folder["killed"], Path.GetFileName(file))));
    }

    [Fact]
    public void An_interrupted_merge_answers_130_and_goes_on()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("needs signals");
        using var folder = new TemporaryFolder();
        MergeModels.WriteFamily(folder, hidden: 256, layers: 24);
        string[] command = ["merge", "--method", "ties", "--base", "base", "--model", "a:weight=0.5,density=0.6", "--model", "b:weight=0.5,density=0.6", "--shard-size", "1MB", "--no-report", "--threads", "1", "out"];
        using (Process process = CommandLine.Start(folder.Path, command))
        {
            while (!process.HasExited && Finished(folder["out.partial/merge.journal"]).Length < 2) Thread.Sleep(1);
            Assert.Equal(0, SendSignal(process.Id, Interrupt));
            Answer answer = CommandLine.WaitFor(process);
            Assert.Equal(130, answer.Code);
            Assert.Contains("continues", answer.Error, StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(folder["out"]));
        Answer resumed = CommandLine.RunProcess(folder.Path, command);
        Assert.Equal(0, resumed.Code);
        Assert.Contains("kept from an earlier run", resumed.Output, StringComparison.Ordinal);
    }

    private static string[] Finished(string journal)
    {
        try
        {
            return File.Exists(journal) ? [.. File.ReadAllLines(journal).Skip(1).Where(line => line.EndsWith("\t.", StringComparison.Ordinal)).Select(line => line.Split('\t')[0])] : [];
        }
        catch (IOException)
        {
            return [];
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
