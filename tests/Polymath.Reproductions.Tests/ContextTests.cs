using Polymath.Reproductions;

namespace Polymath.Tests;

/// <summary>Data folders, progress, cancellation and pictures.</summary>
public sealed class ContextTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("polymath-repro-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_missing_file_says_what_is_needed_and_how_to_give_it()
    {
        string message = Assert.Throws<ReproductionException>(() => new ReproductionContext { DataFolder = _folder }.Require("small/digits.csv")).Message;
        foreach (string part in (string[])["small/digits.csv", _folder, "--data"]) Assert.Contains(part, message, StringComparison.Ordinal);
        message = Assert.Throws<ReproductionException>(() => new ReproductionContext().Require("small/digits.csv")).Message;
        foreach (string part in (string[])["small/digits.csv", "--data", "POLYMATH_SHARED"]) Assert.Contains(part, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_or_folder_that_is_there_is_found()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "small"));
        File.WriteAllText(Path.Combine(_folder, "small", "digits.csv"), "1");
        var context = new ReproductionContext { DataFolder = ReproductionContext.FindData(_folder) };
        Assert.Equal(Path.Combine(_folder, "small", "digits.csv"), context.Require("small/digits.csv"));
        Assert.Equal(Path.Combine(_folder, "small"), context.Require("small"));
    }

    [Fact]
    public void A_data_folder_that_is_named_has_to_exist()
        => Assert.Contains("nowhere", Assert.Throws<ReproductionException>(() => ReproductionContext.FindData(Path.Combine(_folder, "nowhere"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Progress_is_told_until_the_run_is_asked_to_stop()
    {
        using var source = new CancellationTokenSource();
        var told = new List<ReproductionProgress>();
        var context = new ReproductionContext { Progress = told.Add, CancellationToken = source.Token };
        context.Report(1, 4, "one");
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => context.Report(2, 4, "two"));
        Assert.Equal(0.25, Assert.Single(told).Fraction);
    }

    [Fact]
    public void Pictures_are_written_only_where_they_are_wanted()
    {
        Assert.Equal("a.svg", new ReproductionContext().Draw("a.svg", "A picture.", _ => Assert.Fail("nobody asked for it")).File);
        new ReproductionContext { OutputFolder = _folder }.Draw("a.svg", "A picture.", writer => writer.Write("<svg/>"));
        Assert.Equal("<svg/>", File.ReadAllText(Path.Combine(_folder, "pictures", "a.svg")));
    }
}
