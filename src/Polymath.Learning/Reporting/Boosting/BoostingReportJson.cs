using System.Text.Json;

namespace Polymath.Learning.Reporting;

/// <summary>JSON of a <see cref="BoostingReport"/>, as a part of that of its <see cref="RunReport"/>.</summary>
internal static class BoostingReportJson
{
    public static void Write(Utf8JsonWriter json, BoostingReport report)
    {
        json.WriteStartObject("boosting");
        json.WriteStartArray("losses");
        foreach (IterationLoss loss in report.Losses)
        {
            json.WriteStartObject();
            json.WriteString("block", loss.Block);
            json.WriteNumber("iteration", loss.Iteration);
            RunReportJson.Write(json, "training", loss.Training);
            RunReportJson.Write(json, "validation", loss.Validation);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("mixes");
        foreach (TaskMix mix in report.Mixes)
        {
            json.WriteStartObject();
            json.WriteString("task", mix.Task);
            RunReportJson.Write(json, "weight", mix.Weight);
            RunReportJson.Write(json, "score", mix.Score);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("importances");
        foreach (FeatureShare feature in report.Importances)
        {
            json.WriteStartObject();
            json.WriteString("feature", feature.Feature);
            RunReportJson.Write(json, "share", feature.Share);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (report.Search is { } search) Write(json, search);
        json.WriteEndObject();
    }

    public static BoostingReport Read(JsonField field) => new()
    {
        Losses = [.. field.Items("losses").Select(item => new IterationLoss(item.Text("block"), (int)(item.Integer("iteration") ?? 0), item.Number("training") ?? double.NaN, item.Number("validation") ?? double.NaN))],
        Mixes = [.. field.Items("mixes").Select(item => new TaskMix(item.Text("task"), item.Number("weight") ?? double.NaN, item.Number("score") ?? double.NaN))],
        Importances = [.. field.Items("importances").Select(item => new FeatureShare(item.Text("feature"), item.Number("share") ?? double.NaN))],
        Search = field.Optional("search") is JsonField search
            ? new SearchReport(
                search.Text("criterion"),
                search.Flag("higherIsBetter", false),
                (int)(search.Integer("folds") ?? 0),
                [.. search.Items("points").Select(item => new SearchPoint(item.Text("name"), item.Number("mean") ?? double.NaN, item.Number("deviation") ?? double.NaN, item.Flag("chosen", false)))])
            : null,
    };

    private static void Write(Utf8JsonWriter json, SearchReport search)
    {
        json.WriteStartObject("search");
        json.WriteString("criterion", search.Criterion);
        json.WriteBoolean("higherIsBetter", search.HigherIsBetter);
        json.WriteNumber("folds", search.Folds);
        json.WriteStartArray("points");
        foreach (SearchPoint point in search.Points)
        {
            json.WriteStartObject();
            json.WriteString("name", point.Name);
            RunReportJson.Write(json, "mean", point.Mean);
            RunReportJson.Write(json, "deviation", point.Deviation);
            json.WriteBoolean("chosen", point.Chosen);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
