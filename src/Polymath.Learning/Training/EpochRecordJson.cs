using System.Text;
using System.Text.Json;

namespace Polymath.Learning.Training;

/// <summary>One epoch as one line of JSON; numbers round-trip exactly, NaN is null.</summary>
public static class EpochRecordJson
{
    /// <summary>The line, without the newline.</summary>
    public static string Write(EpochRecord record, TaskSet tasks)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("epoch", record.Epoch);
            json.WriteNumber("steps", record.Steps);
            WriteNumber(json, "learningRate", record.LearningRate);
            WriteNumber(json, "score", record.Score);
            WriteNumber(json, "conflictRate", record.ConflictRate);
            json.WriteStartObject("balancing");
            json.WriteNumber("converged", record.Statuses.Converged);
            json.WriteNumber("keptPrevious", record.Statuses.KeptPrevious);
            json.WriteNumber("paretoStationary", record.Statuses.ParetoStationary);
            json.WriteNumber("degenerate", record.Statuses.Degenerate);
            json.WriteEndObject();
            if (record.Regularizer.Count > 0)
            {
                json.WriteStartObject("regularizer");
                foreach ((string name, double value) in record.Regularizer) WriteNumber(json, name, value);
                json.WriteEndObject();
            }

            json.WriteStartArray("tasks");
            for (int k = 0; k < tasks.Count; k++)
            {
                json.WriteStartObject();
                json.WriteString("task", tasks[k].Name);
                WriteNumber(json, "loss", record.TrainLoss[k]);
                WriteNumber(json, "weight", record.Weights[k]);
                if (record.Sharpness.Length > 0) WriteNumber(json, "sharpness", record.Sharpness[k]);
                if (record.Validation.Count > 0) WriteScore(json, record.Validation[k]);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static EpochRecord Read(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement root = document.RootElement;
        JsonElement[] tasks = [.. root.GetProperty("tasks").EnumerateArray()];
        return new EpochRecord(
            root.GetProperty("epoch").GetInt32(),
            root.GetProperty("steps").GetInt64(),
            Number(root.GetProperty("learningRate")),
            [.. tasks.Select(task => Number(task.GetProperty("loss")))],
            [.. tasks.Select(task => Number(task.GetProperty("weight")))],
            [.. tasks.Where(task => task.TryGetProperty("primary", out _)).Select(ReadScore)],
            Number(root.GetProperty("score")),
            Number(root.GetProperty("conflictRate")))
        {
            Statuses = root.TryGetProperty("balancing", out JsonElement balancing)
                ? new SolverStatuses(balancing.GetProperty("converged").GetInt64(), balancing.GetProperty("keptPrevious").GetInt64(), balancing.GetProperty("paretoStationary").GetInt64(), balancing.GetProperty("degenerate").GetInt64())
                : new SolverStatuses(0, 0, 0, 0),
            Sharpness = [.. tasks.Where(task => task.TryGetProperty("sharpness", out _)).Select(task => Number(task.GetProperty("sharpness")))],
            Regularizer = root.TryGetProperty("regularizer", out JsonElement terms)
                ? terms.EnumerateObject().ToDictionary(term => term.Name, term => Number(term.Value), StringComparer.Ordinal)
                : new Dictionary<string, double>(StringComparer.Ordinal),
        };
    }

    private static void WriteScore(Utf8JsonWriter json, TaskScore score)
    {
        json.WriteString("primary", score.Primary);
        json.WriteBoolean("higherIsBetter", score.HigherIsBetter);
        json.WriteNumber("observed", score.Observed);
        json.WriteStartObject("validation");
        foreach ((string name, double value) in score.Metrics) WriteNumber(json, name, value);
        json.WriteEndObject();
    }

    private static TaskScore ReadScore(JsonElement task) => new(
        task.GetProperty("task").GetString()!,
        task.GetProperty("primary").GetString()!,
        task.GetProperty("higherIsBetter").GetBoolean(),
        task.GetProperty("observed").GetInt32(),
        task.GetProperty("validation").EnumerateObject().ToDictionary(metric => metric.Name, metric => Number(metric.Value), StringComparer.Ordinal));

    private static void WriteNumber(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }

    private static double Number(JsonElement element) => element.ValueKind == JsonValueKind.Null ? double.NaN : element.GetDouble();
}
