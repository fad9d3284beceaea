using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Polymath.Reproductions;

namespace Polymath.Tests;

/// <summary><c>polymath papers</c> and <c>polymath repro</c>.</summary>
public sealed partial class ReproductionTests
{
    private const int Interrupt = 2;

    [Fact]
    public void Papers_lists_every_system_in_80_columns()
    {
        string text = CommandLine.Succeed("papers").Output;
        Assert.All(PublishedSystems.All, system => Assert.Contains($"{system.Slug}  {system.Title}\n", text, StringComparison.Ordinal));
        foreach (string part in (string[])["paper", "code", "polymath repro balancers", "result"]) Assert.Contains(part, text, StringComparison.Ordinal);
        Narrow(text);
    }

    [Fact]
    public void Papers_shows_one_system_in_full_in_80_columns() => Assert.All(PublishedSystems.All, system =>
    {
        string text = CommandLine.Succeed("papers", system.Slug).Output;
        Assert.Contains("claim", text, StringComparison.Ordinal);
        Narrow(text);
    });

    [Fact]
    public void Papers_answers_in_JSON()
    {
        using JsonDocument list = JsonDocument.Parse(CommandLine.Succeed("papers", "--json").Output);
        Assert.Equal(PublishedSystems.All.Select(system => system.Slug), list.RootElement.GetProperty("systems").EnumerateArray().Select(entry => entry.GetProperty("slug").GetString()!));
        using JsonDocument one = JsonDocument.Parse(CommandLine.Succeed("papers", "balancers", "--json").Output);
        Assert.Equal("balancers", one.RootElement.GetProperty("slug").GetString());
        Assert.Equal("polymath repro balancers", one.RootElement.GetProperty("command").GetString());
    }

    [Fact]
    public void Papers_prints_recorded_results_as_a_page()
    {
        Assert.Equal(RecordedResults.Find("balancers")!.ToMarkdown(), CommandLine.Succeed("papers", "balancers", "--markdown").Output);
        using var folder = new TemporaryFolder();
        Refusal.Of(folder, ["--markdown", "name it"], "papers", "--markdown");
        Refusal.Of(folder, ["--markdown", "--json", "one of them"], "papers", "balancers", "--markdown", "--json");
    }

    [Theory]
    [InlineData("papers")]
    [InlineData("repro")]
    public void An_unknown_system_is_refused_with_the_nearest(string command)
    {
        using var folder = new TemporaryFolder();
        Refusal.Of(folder, ["balancer'", "did you mean 'balancers'?"], command, "balancer");
    }

    [Fact]
    public void Bad_settings_are_refused_before_any_work()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("file", "text");
        Refusal.Of(folder, ["SYSTEM is missing"], "repro");
        Refusal.Of(folder, ["--seeds", "found 0", "1 to 1000"], "repro", "balancers", "--seeds", "0");
        Refusal.Of(folder, ["--out", "is a file"], "repro", "balancers", "--out", file);
        Refusal.Of(folder, ["--data", "nowhere"], "repro", "balancers", "--data", folder["nowhere"]);
    }

    [Fact]
    public void A_short_run_prints_the_report_and_writes_it_with_its_pictures()
    {
        using var folder = new TemporaryFolder();
        Answer answer = CommandLine.Run("repro", "balancers", "--quick", "--out", folder["results"], "--quiet");
        ReproductionReport report = ReproductionReport.FromJson(File.ReadAllText(folder["results/balancers.json"]));
        Assert.Equal(report.Holds ? 0 : 1, answer.Code);
        Assert.Empty(answer.Error);
        Assert.Contains(report.Summary, answer.Output, StringComparison.OrdinalIgnoreCase);
        Narrow(answer.Output);
        Assert.Equal("polymath repro balancers --quick", report.Command);
        Assert.Equal(report.ToMarkdown(), File.ReadAllText(folder["results/balancers.md"]));
        Assert.NotEmpty(report.Pictures);
        Assert.All(report.Pictures, picture => Assert.True(File.Exists(Path.Combine(folder["results"], "pictures", picture.File))));
        Assert.Equal(2 + report.Pictures.Count, Directory.GetFiles(folder["results"], "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public void An_interrupted_reproduction_answers_130_and_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        using Process process = CommandLine.Start(folder.Path, "repro", "balancers", "--seeds", "1000", "--out", "results");
        Assert.NotNull(process.StandardError.ReadLine());
        Assert.Equal(0, SendSignal(process.Id, Interrupt));
        Answer answer = CommandLine.WaitFor(process);
        Assert.Equal(130, answer.Code);
        Assert.Contains("Stopped; nothing was written.", answer.Error, StringComparison.Ordinal);
        Assert.Empty(answer.Output);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    private static void Narrow(string text) => Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 80, line));

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);
}
