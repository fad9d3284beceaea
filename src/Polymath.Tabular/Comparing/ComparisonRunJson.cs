using System.Text.Json;
using Polymath.Data.Runs;
using Polymath.Learning.Training;

namespace Polymath.Tabular.Comparing;

/// <summary>A finished training as fields of a line; numbers round-trip exactly, NaN is null.</summary>
internal static class ComparisonRunJson
{
    public static void Write(Utf8JsonWriter json, ComparisonRun run)
    {
        json.WriteString("model", run.Model);
        json.WriteString("balancer", run.Balancer);
        json.WriteNumber("seed", run.Seed);
        if (run.Error is not null)
        {
            json.WriteString("error", run.Error);
            return;
        }

        json.WriteNumber("parameters", run.Parameters);
        json.WriteNumber("flopsPerRow", run.FlopsPerRow);
        json.WriteNumber("epochs", run.Epochs);
        json.WriteNumber("bestEpoch", run.BestEpoch);
        Journal.WriteNumber(json, "seconds", run.Seconds);
        Journal.WriteNumber(json, "rowsPerSecond", run.RowsPerSecond);
        WriteScores(json, "validation", run.Validation);
        WriteScores(json, "test", run.Test);
        json.WriteStartArray("resampled");
        foreach (double[] values in run.Resampled)
        {
            json.WriteStartArray();
            foreach (double value in values)
            {
                if (double.IsFinite(value)) json.WriteNumberValue(value);
                else json.WriteNullValue();
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    public static ComparisonRun Read(JsonElement line)
    {
        var run = new ComparisonRun(Text(line, "model"), Text(line, "balancer"), line.GetProperty("seed").GetInt32());
        if (line.TryGetProperty("error", out JsonElement error)) return run with { Error = error.GetString() };
        return run with
        {
            Parameters = line.GetProperty("parameters").GetInt64(),
            FlopsPerRow = line.GetProperty("flopsPerRow").GetInt64(),
            Epochs = line.GetProperty("epochs").GetInt32(),
            BestEpoch = line.GetProperty("bestEpoch").GetInt32(),
            Seconds = Journal.ReadNumber(line.GetProperty("seconds")),
            RowsPerSecond = Journal.ReadNumber(line.GetProperty("rowsPerSecond")),
            Validation = ReadScores(line.GetProperty("validation")),
            Test = ReadScores(line.GetProperty("test")),
            Resampled = [.. line.GetProperty("resampled").EnumerateArray().Select(values => values.EnumerateArray().Select(Journal.ReadNumber).ToArray())],
        };
    }

    private static void WriteScores(Utf8JsonWriter json, string name, IReadOnlyList<TaskScore> scores)
    {
        json.WriteStartArray(name);
        foreach (TaskScore score in scores)
        {
            json.WriteStartObject();
            json.WriteString("task", score.Task);
            json.WriteString("primary", score.Primary);
            json.WriteBoolean("higherIsBetter", score.HigherIsBetter);
            json.WriteNumber("observed", score.Observed);
            json.WriteStartObject("metrics");
            foreach ((string metric, double value) in score.Metrics) Journal.WriteNumber(json, metric, value);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static TaskScore[] ReadScores(JsonElement scores) => [.. scores.EnumerateArray().Select(score => new TaskScore(
        Text(score, "task"),
        Text(score, "primary"),
        score.GetProperty("higherIsBetter").GetBoolean(),
        score.GetProperty("observed").GetInt32(),
        score.GetProperty("metrics").EnumerateObject().ToDictionary(metric => metric.Name, metric => Journal.ReadNumber(metric.Value), StringComparer.Ordinal)))];

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null");
}
