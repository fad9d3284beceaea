using System.Text.Json;
using Polymath.Tabular.Comparing;

namespace Polymath.Cli;

/// <summary>What a comparison came to, for programs.</summary>
internal static class ComparisonJson
{
    public static void Write(ComparisonResult result, ComparisonFolder folder, TextWriter output) => JsonText.Write(output, json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("completed", true);
        json.WriteString("folder", folder.Path);
        json.WriteString("split", result.Split);
        json.WriteNumber("trainRows", result.TrainRows);
        json.WriteNumber("scoredRows", result.ScoredRows);
        json.WriteNumber("seeds", result.Seeds);
        json.WriteString("reference", result.Cells[result.Reference].Cell.Label);
        json.WriteString("verdict", ComparisonVerdict.Of(result).Sentence);
        json.WriteStartArray("cells");
        foreach (CellResult cell in result.Cells) Cell(json, cell, result);
        json.WriteEndArray();
        json.Strings("notes", result.Notes);
        json.WriteEndObject();
    });

    private static void Cell(Utf8JsonWriter json, CellResult cell, ComparisonResult result)
    {
        json.WriteStartObject();
        json.WriteString("label", cell.Cell.Label);
        json.WriteString("model", cell.Cell.Model);
        json.WriteString("balancer", cell.Cell.Balancer);
        if (cell.Failure is { } failure) json.WriteString("error", failure);
        if (cell.HasResult)
        {
            json.WriteNumber("parameters", cell.Parameters);
            json.WriteNumber("flopsPerRow", cell.FlopsPerRow);
            json.Number("epochs", cell.Epochs);
            json.Number("seconds", cell.Seconds);
            json.Number("rowsPerSecond", cell.RowsPerSecond);
            json.WriteStartArray("tasks");
            for (int task = 0; task < result.Tasks.Count; task++)
            {
                json.WriteStartObject();
                json.WriteString("name", result.Tasks[task].Name);
                json.WriteString("metric", result.Tasks[task].Metric);
                json.WriteBoolean("higherIsBetter", result.Tasks[task].HigherIsBetter);
                Score(json, cell.Tasks[task]);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartObject("mean");
            Score(json, cell.Mean);
            json.WriteEndObject();
            if (cell.Gain is { } gain)
            {
                json.WriteStartObject("gainPercent");
                Score(json, gain);
                json.WriteEndObject();
            }
        }

        json.WriteEndObject();
    }

    private static void Score(Utf8JsonWriter json, CellScore score)
    {
        json.WriteStartArray("values");
        foreach (double value in score.Values)
        {
            if (double.IsFinite(value)) json.WriteNumberValue(value);
            else json.WriteNullValue();
        }

        json.WriteEndArray();
        json.Number("mean", score.Mean);
        json.Number("deviation", score.Deviation);
        if (score.Difference is not { } difference) return;
        json.WriteStartObject("difference");
        json.Number("mean", difference.Mean);
        json.Number("halfOverSeeds", difference.OverSeeds);
        json.Number("halfOverRows", difference.OverRows);
        json.Number("low", difference.Low);
        json.Number("high", difference.High);
        json.WriteBoolean("clear", difference.IsClear);
        json.WriteEndObject();
    }
}
