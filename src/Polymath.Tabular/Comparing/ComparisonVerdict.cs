using System.Globalization;
using Polymath.Learning.Metrics;

namespace Polymath.Tabular.Comparing;

/// <summary>A comparison in one sentence.</summary>
/// <param name="IsClear">Whether something beats the reference beyond noise.</param>
/// <param name="Sentence">The sentence.</param>
public sealed record ComparisonVerdict(bool IsClear, string Sentence)
{
    /// <summary>What can be said of a result.</summary>
    /// <param name="result">The result.</param>
    public static ComparisonVerdict Of(ComparisonResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        CellResult reference = result.Cells[result.Reference];
        CellResult? best = result.Ranked.FirstOrDefault();
        if (best is null || result.Split.Length == 0) return new ComparisonVerdict(false, "There are no scores to compare.");
        if (result.Cells.Count == 1) return new ComparisonVerdict(false, $"{best.Cell.Label} is alone in the grid; there is nothing to compare it with.");
        if (result.Ranked.Count() == 1) return new ComparisonVerdict(false, $"{best.Cell.Label} alone has a result; there is nothing to compare it with.");
        if (!reference.HasResult) return new ComparisonVerdict(false, $"{best.Cell.Label} has the best mean; the reference {reference.Cell.Label} has no result to compare it with.");
        CellResult[] better = [.. result.Ranked.Where(cell => cell.Mean.Difference is { IsClear: true, Mean: > 0 })], worse = [.. result.Ranked.Where(cell => cell.Mean.Difference is { IsClear: true, Mean: < 0 })];
        string losers = worse.Length == 0 ? string.Empty : $" {Names(worse)} {(worse.Length == 1 ? "is" : "are")} worse.";
        string top = ReferenceEquals(best, reference) ? $"Nothing has a better mean than {reference.Cell.Label}" : $"Nothing beats {reference.Cell.Label} beyond noise; the best mean is that of {best.Cell.Label}";
        return better.Length == 0
            ? new ComparisonVerdict(false, $"{top}.{losers}")
            : new ComparisonVerdict(true, $"{Names(better)} {(better.Length == 1 ? "beats" : "beat")} {reference.Cell.Label} over all tasks, beyond noise.{losers}");
    }

    /// <summary>Where the intervals come from; empty when there are none.</summary>
    /// <param name="result">The result.</param>
    public static string Explanation(ComparisonResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        PairedDifference[] all = [.. result.Cells.Select(cell => cell.Mean.Difference).OfType<PairedDifference>()];
        if (all.Length == 0) return string.Empty;
        string rows = string.Create(CultureInfo.InvariantCulture, $"the paired bootstrap over {result.ScoredRows:N0} {result.Split} rows");
        string seeds = result.Seeds < 2
            ? $"Intervals: 95 %, {rows}; with one seed nothing is known of the luck of the training."
            : string.Create(CultureInfo.InvariantCulture, $"Intervals: 95 %, the wider of Student's t over {result.Seeds} paired seeds and {rows}.");
        return $"{seeds} Of twenty harmless differences one leaves zero out by chance.";
    }

    private static string Names(CellResult[] cells) => cells.Length switch
    {
        1 => cells[0].Cell.Label,
        <= 4 => $"{string.Join(", ", cells[..^1].Select(cell => cell.Cell.Label))} and {cells[^1].Cell.Label}",
        _ => $"{string.Join(", ", cells[..3].Select(cell => cell.Cell.Label))} and {cells.Length - 3} others",
    };
}
