using System.Text.Json;

namespace Polymath.Data;

/// <summary>Reads and writes <c>encoder.json</c>. Numbers are written in their shortest form that reads back to the same bits.</summary>
internal static class EncoderFile
{
    private const string Format = "polymath-encoder";
    private const int Version = 1;

    public static void Write(TableEncoder encoder, Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteNumber("version", Version);
        json.WriteStartArray("targets");
        foreach (TargetEncoding target in encoder.Targets)
        {
            json.WriteStartObject();
            json.WriteString("name", target.Definition.Name);
            json.WriteString("column", target.Definition.Column);
            json.WriteString("source", Word(target.SourceKind));
            json.WriteString("operator", Word(target.Definition.Operator));
            json.WriteString("value", target.Definition.Value);
            json.WriteString("kind", Word(target.Kind));
            WriteTexts(json, "classes", target.Classes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (encoder.Labels is { } labels)
        {
            json.WriteStartObject("task");
            json.WriteString("column", labels.Column);
            json.WriteString("source", Word(labels.Kind));
            json.WriteString("unknown", Word(labels.Unknown));
            WriteTexts(json, "labels", labels.Labels);
            json.WriteEndObject();
        }

        if (encoder.GroupColumn is { } group) json.WriteString("group", group);
        json.WriteStartArray("scales");
        foreach (TaskDescription task in encoder.Tasks)
        {
            json.WriteStartObject();
            json.WriteNumber("mean", task.Scale.Mean);
            json.WriteNumber("deviation", task.Scale.Deviation);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("inputs");
        foreach (InputColumn input in encoder.Inputs)
        {
            json.WriteStartObject();
            input.Write(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteTexts(json, "notes", encoder.Notes);
        json.WriteEndObject();
    }

    public static TableEncoder Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path)) throw new TableException($"{path}: no such file, expected a saved encoder.", path);
        try
        {
            using FileStream stream = File.OpenRead(path);
            using JsonDocument document = JsonDocument.Parse(stream);
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new EncoderFormatException($"{path}: is not a saved encoder, expected a JSON object.", path);
            return Read(new JsonField(document.RootElement, path, string.Empty), path);
        }
        catch (JsonException cause)
        {
            throw new EncoderFormatException($"{path}, line {(cause.LineNumber ?? 0) + 1}: is not complete JSON; the file is truncated or damaged.", path, cause);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new TableException($"{path}: cannot be read: {cause.Message}", path, inner: cause);
        }
    }

    private static TableEncoder Read(JsonField root, string path)
    {
        string format = root.Text("format");
        if (format != Format) throw root.Fail("format", $"'{format}'", $"'{Format}'");
        double version = root.Number("version");
        if (version != Version) throw root.Fail("version", version.ToString("R"), $"{Version}");
        TargetEncoding[] targets = [.. root.Items("targets").Select(ReadTarget)];
        if (targets.Length == 0) throw root.Fail("targets", "empty", "at least one target");
        TaskLabels? labels = null;
        if (root.Has("task"))
        {
            JsonField task = root.Item("task");
            string[] names = task.Texts("labels");
            if (names.Length == 0 || names.Distinct(StringComparer.Ordinal).Count() != names.Length) throw task.Fail("labels", "empty or holds a label twice", "distinct labels");
            if (targets.Length != 1) throw root.Fail("targets", $"a list of {targets.Length}", "exactly one with a task column");
            labels = new TaskLabels(task.Text("column"), task.Choice<ColumnKind>("source"), names, task.Choice<UnknownTask>("unknown"));
        }

        TargetScale[] scales = [.. root.Items("scales").Select(scale => new TargetScale(scale.Number("mean"), Positive(scale)))];
        int tasks = labels?.Labels.Count ?? targets.Length;
        if (scales.Length != tasks) throw root.Fail("scales", $"a list of {scales.Length}", $"{tasks}, one per task");
        var inputs = new List<InputColumn>();
        foreach (JsonField input in root.Items("inputs")) inputs.Add(InputColumn.Read(input, inputs));
        if (inputs.Count == 0) throw root.Fail("inputs", "empty", "at least one input column");
        string? twice = inputs.GroupBy(input => input.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null) throw new EncoderFormatException($"{path}: the input column '{twice}' occurs twice; train again or restore the file.", path);
        return new TableEncoder([.. inputs], targets, scales, labels, root.Texts("notes")) { GroupColumn = root.Has("group") ? root.Text("group") : null };
    }

    private static TargetEncoding ReadTarget(JsonField field)
    {
        TargetKind kind = field.Choice<TargetKind>("kind");
        string[] classes = field.Texts("classes");
        bool fits = kind switch { TargetKind.Auto => false, TargetKind.Binary => classes.Length == 2, TargetKind.Multiclass => classes.Length >= 2, _ => classes.Length == 0 };
        if (!fits || classes.Distinct(StringComparer.Ordinal).Count() != classes.Length) throw field.Fail("classes", $"a list of {classes.Length}", $"distinct classes that fit the kind {Word(kind)}");
        TargetOperator comparison = field.Choice<TargetOperator>("operator");
        string? value = field.OptionalText("value");
        if (value is null != (comparison == TargetOperator.None)) throw field.Fail("value", value is null ? "null" : $"'{value}'", "a value exactly when there is a comparison");
        return new TargetEncoding(new TargetColumn(field.Text("name"), field.Text("column"), comparison, value, kind), kind, classes, field.Choice<ColumnKind>("source"));
    }

    private static double Positive(JsonField scale)
    {
        double deviation = scale.Number("deviation");
        return deviation > 0 ? deviation : throw scale.Fail("deviation", deviation.ToString("R"), "a positive number");
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
