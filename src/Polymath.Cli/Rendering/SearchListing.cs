using System.Globalization;
using Polymath.Merging.Execution;
using Polymath.Merging.Searching;

namespace Polymath.Cli;

/// <summary>What a search over merges found.</summary>
internal static class SearchListing
{
    /// <summary>Writes every combination with its score, the best one marked.</summary>
    public static void Write(IReadOnlyList<SearchAxis> axes, IReadOnlyList<SearchTrial> trials, SearchTrial best, MergeResult result, Terminal terminal, bool json)
    {
        if (json)
        {
            WriteJson(axes, trials, best, result, terminal);
            return;
        }

        var table = new TextTable([.. axes.Select(axis => ">" + axis.Name), ">score", string.Empty]);
        foreach (SearchTrial trial in trials) table.Add([.. trial.Values.Select(Number), TextTable.Quantity(trial.Score), ReferenceEquals(trial, best) ? "best" : string.Empty]);
        table.Write(terminal);
        terminal.Output.WriteLine();
        terminal.Output.WriteLine($"{result.Output}: merged with the best, {SizeText.Format(result.Bytes)}");
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static void WriteJson(IReadOnlyList<SearchAxis> axes, IReadOnlyList<SearchTrial> trials, SearchTrial best, MergeResult result, Terminal terminal) => JsonText.Write(terminal.Output, json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("completed", true);
        json.WriteString("output", result.Output);
        json.WriteStartArray("trials");
        foreach (SearchTrial trial in trials)
        {
            json.WriteStartObject();
            for (int axis = 0; axis < axes.Count; axis++) json.WriteNumber(axes[axis].Name, trial.Values[axis]);
            json.Number("score", trial.Score);
            json.WriteBoolean("best", ReferenceEquals(trial, best));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });
}
