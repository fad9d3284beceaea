using System.Text.Json;
using Polymath.Data.Runs;

namespace Polymath.Tabular.Tuning;

/// <summary>A finished trial as fields of a line.</summary>
internal static class TuningJson
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<string> names, TuningTrial trial)
    {
        json.WriteStartObject("values");
        for (int i = 0; i < trial.Values.Count; i++) json.WriteString(names[i], trial.Values[i]);
        json.WriteEndObject();
        json.WriteNumber("epochs", trial.Epochs);
        Journal.WriteNumber(json, "score", trial.Score);
        Journal.WriteNumber(json, "seconds", trial.Seconds);
        if (trial.Error is not null) json.WriteString("error", trial.Error);
    }

    /// <summary>What identifies a trial: its values by name, and its epochs.</summary>
    public static string KeyOf(IReadOnlyList<string> names, IReadOnlyList<string> values, int epochs) => $"{epochs}\n{string.Join('\n', values.Select((value, i) => $"{names[i]}={value}").Order(StringComparer.Ordinal))}";

    public static (string Key, TuningTrial Trial) Read(JsonElement line)
    {
        (string Name, string Value)[] values = [.. line.GetProperty("values").EnumerateObject().Select(value => (value.Name, value.Value.GetString() ?? string.Empty))];
        var trial = new TuningTrial(0, [.. values.Select(value => value.Value)], line.GetProperty("epochs").GetInt32(), Journal.ReadNumber(line.GetProperty("score")), Journal.ReadNumber(line.GetProperty("seconds")), line.TryGetProperty("error", out JsonElement error) ? error.GetString() : null);
        return (KeyOf([.. values.Select(value => value.Name)], trial.Values, trial.Epochs), trial);
    }
}
