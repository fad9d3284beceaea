using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Polymath.Learning.Training;

namespace Polymath.Learning.Reporting;

/// <summary>JSON of a <see cref="RunReport"/>, written and read field by field: no reflection, so it works in trimmed and AOT programs.</summary>
internal static class RunReportJson
{
    private const int Version = 1;

    public static string Write(RunReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("name", report.Name);
            json.WriteString("created", report.Created);
            json.WriteString("model", report.Model);
            Write(json, "parameters", report.Parameters);
            Write(json, "flopsPerRow", report.FlopsPerRow);
            json.WriteString("balancer", report.Balancer);
            json.WriteNumber("seed", report.Seed);
            json.WriteNumber("trainRows", report.TrainRows);
            json.WriteNumber("validRows", report.ValidRows);
            json.WriteNumber("testRows", report.TestRows);
            json.WriteString("dataSource", report.DataSource);
            json.WriteString("command", report.Command);
            Write(json, "deltaM", report.DeltaM);
            Write(json, "deltaMSpread", report.DeltaMSpread);
            Write(json, "bestEpoch", report.BestEpoch);
            Write(json, "wallSeconds", report.WallSeconds);
            Write(json, "rowsPerSecond", report.RowsPerSecond);
            if (report.Memory is StepMemory memory)
            {
                json.WriteStartObject("memory");
                json.WriteNumber("pooledBytes", memory.PooledBytes);
                json.WriteNumber("gradientBytes", memory.GradientBytes);
                json.WriteNumber("allocatedBytes", memory.AllocatedBytes);
                json.WriteEndObject();
            }

            if (report.Balancing is SolverStatuses balancing)
            {
                json.WriteStartObject("balancing");
                json.WriteNumber("converged", balancing.Converged);
                json.WriteNumber("keptPrevious", balancing.KeptPrevious);
                json.WriteNumber("paretoStationary", balancing.ParetoStationary);
                json.WriteNumber("degenerate", balancing.Degenerate);
                json.WriteEndObject();
            }

            json.WriteStartArray("tasks");
            foreach (TaskReport task in report.Tasks) Write(json, task);
            json.WriteEndArray();
            json.WriteStartArray("history");
            foreach (EpochReport epoch in report.History)
            {
                json.WriteStartObject();
                json.WriteNumber("epoch", epoch.Epoch);
                Write(json, "trainLoss", epoch.TrainLoss);
                Write(json, "validation", epoch.Validation);
                Write(json, "weights", epoch.Weights);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (report.Conflict is GradientConflict conflict)
            {
                json.WriteStartObject("conflict");
                json.WriteNumber("tasks", conflict.Tasks);
                Write(json, "conflictRate", conflict.ConflictRate);
                json.WriteNumber("steps", conflict.Steps);
                Write(json, "cosines", conflict.Cosines);
                json.WriteEndObject();
            }

            if (report.Boosting is BoostingReport boosting) BoostingReportJson.Write(json, boosting);
            if (report.Experts is { } experts) ExpertReportJson.Write(json, experts);
            Write(json, "notes", report.Notes);
            Write(json, "files", report.Files);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length) + "\n";
    }

    public static RunReport Read(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json);
        }
        catch (JsonException error)
        {
            throw new FormatException($"A run report must be JSON: {error.Message}", error);
        }

        using (document)
        {
            var root = new JsonField(document.RootElement, "report");
            long version = root.Integer("version") ?? Version;
            if (version != Version) throw new FormatException($"The report has version {version}, expected {Version}; it was written by another release.");
            return new RunReport
            {
                Name = root.Required("name").Text(),
                Created = root.Text("created"),
                Model = root.Text("model"),
                Parameters = root.Integer("parameters"),
                FlopsPerRow = root.Integer("flopsPerRow"),
                Balancer = root.Text("balancer"),
                Seed = root.Unsigned("seed"),
                TrainRows = root.Integer("trainRows") ?? 0,
                ValidRows = root.Integer("validRows") ?? 0,
                TestRows = root.Integer("testRows") ?? 0,
                DataSource = root.Text("dataSource"),
                Command = root.Text("command"),
                DeltaM = root.Number("deltaM"),
                DeltaMSpread = root.Number("deltaMSpread"),
                BestEpoch = (int?)root.Integer("bestEpoch"),
                WallSeconds = root.Number("wallSeconds"),
                RowsPerSecond = root.Number("rowsPerSecond"),
                Memory = root.Optional("memory") is JsonField memory
                    ? new StepMemory(memory.Integer("pooledBytes") ?? 0, memory.Integer("gradientBytes") ?? 0, memory.Integer("allocatedBytes") ?? 0)
                    : null,
                Balancing = root.Optional("balancing") is JsonField balancing
                    ? new SolverStatuses(balancing.Integer("converged") ?? 0, balancing.Integer("keptPrevious") ?? 0, balancing.Integer("paretoStationary") ?? 0, balancing.Integer("degenerate") ?? 0)
                    : null,
                Tasks = [.. root.Items("tasks").Select(ReadTask)],
                History = [.. root.Items("history").Select(item => new EpochReport((int)(item.Integer("epoch") ?? 0), item.Numbers("trainLoss"), item.Numbers("validation"), item.Numbers("weights")))],
                Conflict = root.Optional("conflict") is JsonField conflict
                    ? new GradientConflict((int)(conflict.Integer("tasks") ?? 0), conflict.Numbers("cosines"), conflict.Number("conflictRate") ?? double.NaN, conflict.Integer("steps") ?? 0)
                    : null,
                Boosting = root.Optional("boosting") is JsonField boosting ? BoostingReportJson.Read(boosting) : null,
                Experts = root.Optional("experts") is JsonField experts ? ExpertReportJson.Read(experts) : null,
                Notes = [.. root.Items("notes").Select(item => item.Text())],
                Files = [.. root.Items("files").Select(item => item.Text())],
            };
        }
    }

    private static void Write(Utf8JsonWriter json, TaskReport task)
    {
        json.WriteStartObject();
        json.WriteString("name", task.Name);
        json.WriteString("kind", task.Kind);
        json.WriteString("primaryMetric", task.PrimaryMetric);
        json.WriteBoolean("higherIsBetter", task.HigherIsBetter);
        Write(json, "gainPercent", task.GainPercent);
        Write(json, "gainSpread", task.GainSpread);
        json.WriteBoolean("negativeTransfer", task.NegativeTransfer);
        Write(json, "splits", task.Splits);
        if (task.SingleTask is not null) Write(json, "singleTask", task.SingleTask);
        json.WriteEndObject();
    }

    private static TaskReport ReadTask(JsonField field) => new()
    {
        Name = field.Required("name").Text(),
        Kind = field.Text("kind"),
        PrimaryMetric = field.Text("primaryMetric"),
        HigherIsBetter = field.Flag("higherIsBetter", true),
        GainPercent = field.Number("gainPercent"),
        GainSpread = field.Number("gainSpread"),
        NegativeTransfer = field.Flag("negativeTransfer", false),
        Splits = field.Optional("splits") is JsonField splits ? ReadSplits(splits) : new Dictionary<string, SplitMetrics>(),
        SingleTask = field.Optional("singleTask") is JsonField single ? ReadSplits(single) : null,
    };

    private static Dictionary<string, SplitMetrics> ReadSplits(JsonField field)
    {
        var splits = new Dictionary<string, SplitMetrics>(StringComparer.Ordinal);
        foreach (JsonField split in field.Members())
        {
            var values = new Dictionary<string, double>(StringComparer.Ordinal);
            if (split.Optional("metrics") is JsonField metrics)
                foreach (JsonField metric in metrics.Members()) values[metric.Name] = metric.Number();
            splits[split.Name] = new SplitMetrics(split.Integer("observed") ?? 0, values);
        }

        return splits;
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, SplitMetrics> splits)
    {
        json.WriteStartObject(name);
        foreach ((string split, SplitMetrics metrics) in splits)
        {
            json.WriteStartObject(split);
            json.WriteNumber("observed", metrics.Observed);
            json.WriteStartObject("metrics");
            foreach ((string metric, double value) in metrics.Values) Write(json, metric, value);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    internal static void Write(Utf8JsonWriter json, string name, IReadOnlyList<double> values)
    {
        json.WriteStartArray(name);
        foreach (double value in values)
        {
            if (double.IsFinite(value)) json.WriteNumberValue(value);
            else json.WriteStringValue(Spell(value));
        }

        json.WriteEndArray();
    }

    internal static void Write(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, long? value)
    {
        if (value is long number) json.WriteNumber(name, number);
    }

    internal static void Write(Utf8JsonWriter json, string name, double? value)
    {
        if (value is not double number) return;
        if (double.IsFinite(number)) json.WriteNumber(name, number);
        else json.WriteString(name, Spell(number));
    }

    private static string Spell(double value) => double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}
