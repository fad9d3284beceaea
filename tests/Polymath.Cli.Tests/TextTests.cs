using Polymath.Cli;

namespace Polymath.Tests;

/// <summary>How numbers and sentences look on the terminal.</summary>
public sealed class TextTests(TrainedFolder trained) : IClassFixture<TrainedFolder>
{
    private const int Width = 80;

    [Theory]
    [InlineData(-6.016e-4, "-0.0006")]
    [InlineData(-1e-6, "0.0000")]
    [InlineData(0.0, "0.0000")]
    [InlineData(0.87654, "0.8765")]
    [InlineData(12.3, "12.30")]
    [InlineData(double.NaN, "-")]
    public void A_metric_has_four_decimals(double value, string text) => Assert.Equal(text, TextTable.Metric(value));

    [Theory]
    [InlineData(1.5e-6, "1.5E-6")]
    [InlineData(0.25, "0.2500")]
    public void A_loss_and_an_error_keep_their_digits_however_small(double value, string text)
    {
        Assert.Equal(text, TextTable.Quantity(value));
        Assert.Equal(text, TextTable.Metric(value, higherIsBetter: false));
    }

    [Fact]
    public void Sentences_about_a_run_are_as_wide_as_text_in_a_pipe()
    {
        using var folder = new TemporaryFolder();
        string[] lines = CommandLine.Succeed("train", trained.Data, "--out", folder["run"], "-t", "yes", "-t", "amount", "-m", TrainedFolder.Model, "-e", "1", "-b", "uw").Output.Split('\n');
        Assert.Contains(lines, line => line.StartsWith("Memory of a step", StringComparison.Ordinal));
        Assert.All(lines.Where(line => !line.StartsWith("Results: ", StringComparison.Ordinal)), line => Assert.True(line.Length <= Width, line));
    }

    [Fact]
    public void The_inputs_of_a_run_are_counted_by_kind_and_wrapped()
    {
        using var folder = new TemporaryFolder();
        string[] names = [.. Enumerable.Range(1, 12).Select(i => $"a_rather_long_name_of_a_column_{i}")];
        string data = folder.Write("data.csv", string.Join('\n', Enumerable.Range(0, 60).Select(row => $"{string.Join(',', names.Select((_, i) => $"{row * (i + 3) % 17}.5"))},{(row % 2 == 0 ? "a|b" : "b|c|d")},{(row % 3 == 0 ? 1 : 0)}").Prepend($"{string.Join(',', names)},tags,yes")) + "\n");
        CommandLine.Succeed("train", data, "--out", folder["run"], "-t", "yes", "--sequence", "tags", "--list-separator", "|", "-m", TrainedFolder.Model, "-e", "1", "--quiet");
        string[] lines = CommandLine.Succeed("inspect", folder["run"]).Output.Split('\n');
        Assert.Contains(lines, line => line.StartsWith("inputs: 12 numeric, 0 categorical, 1 list, from columns", StringComparison.Ordinal));
        Assert.All(lines.SkipWhile(line => !line.StartsWith("inputs: ", StringComparison.Ordinal)).TakeWhile(line => line.Length > 0), line => Assert.True(line.Length <= Width, line));
    }
}
