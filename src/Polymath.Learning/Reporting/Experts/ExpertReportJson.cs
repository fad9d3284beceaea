using System.Text.Json;

namespace Polymath.Learning.Reporting;

/// <summary>JSON of an <see cref="ExpertReport"/>, as a part of that of its <see cref="RunReport"/>.</summary>
internal static class ExpertReportJson
{
    public static void Write(Utf8JsonWriter json, ExpertReport report)
    {
        json.WritePropertyName("experts");
        WriteValue(json, report);
    }

    public static void WriteValue(Utf8JsonWriter json, ExpertReport report)
    {
        json.WriteStartObject();
        json.WriteNumber("rows", report.Rows);
        json.WriteStartArray("experts");
        foreach (ExpertFigures expert in report.Experts)
        {
            json.WriteStartObject();
            json.WriteNumber("level", expert.Level);
            json.WriteString("name", expert.Name);
            json.WriteString("owner", expert.Owner);
            json.WriteNumber("width", expert.Width);
            RunReportJson.Write(json, "zeroRate", expert.ZeroRate);
            json.WriteNumber("deadUnits", expert.DeadUnits);
            RunReportJson.Write(json, "mean", expert.Mean);
            RunReportJson.Write(json, "deviation", expert.Deviation);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("gates");
        foreach (GateFigures gate in report.Gates)
        {
            json.WriteStartObject();
            json.WriteNumber("level", gate.Level);
            json.WriteString("consumer", gate.Consumer);
            json.WriteBoolean("shared", gate.IsShared);
            RunReportJson.Write(json, "experts", gate.Experts);
            RunReportJson.Write(json, "weights", gate.Weights);
            RunReportJson.Write(json, "selfWeights", gate.SelfWeights);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("anomalies");
        foreach (ExpertAnomaly anomaly in report.Anomalies)
        {
            // Read by people and other tools; here they follow from the figures.
            json.WriteStartObject();
            json.WriteString("kind", anomaly.Kind.ToString());
            json.WriteNumber("level", anomaly.Level);
            json.WriteString("subject", anomaly.Subject);
            json.WriteString("sentence", anomaly.Sentence);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static ExpertReport Read(JsonField field) => new(
        field.Integer("rows") ?? 0,
        [.. field.Items("experts").Select(item => new ExpertFigures(Whole(item, "level"), item.Text("name"), item.Text("owner"), Whole(item, "width"), item.Number("zeroRate") ?? double.NaN, Whole(item, "deadUnits"), item.Number("mean") ?? double.NaN, item.Number("deviation") ?? double.NaN))],
        [.. field.Items("gates").Select(item => new GateFigures(Whole(item, "level"), item.Text("consumer"), item.Flag("shared", false), [.. item.Items("experts").Select(name => name.Text())], item.Numbers("weights"), item.Numbers("selfWeights")))]);

    private static int Whole(JsonField field, string name) => (int)(field.Integer(name) ?? 0);
}
