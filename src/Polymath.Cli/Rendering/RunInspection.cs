using System.Text.Json;
using Polymath.Data;
using Polymath.Data.Runs;
using Polymath.Learning;
using Polymath.Tabular;
using Polymath.Tabular.Runs;

namespace Polymath.Cli;

/// <summary>A run folder: its settings, its tasks, the size of its model.</summary>
internal static class RunInspection
{
    public static void Write(RunFolder folder, Terminal terminal, bool json)
    {
        RunSettings settings = folder.ReadSettings();
        TrainedRun? run = File.Exists(folder.Model) ? TrainedRun.Load(folder.Path) : null;
        if (json) WriteJson(settings, run, terminal.Output);
        else WriteText(folder, settings, run, terminal);
    }

    private static void WriteText(RunFolder folder, RunSettings settings, TrainedRun? run, Terminal terminal)
    {
        TextWriter output = terminal.Output;
        output.WriteLine($"{folder.Path}: {(run is null ? $"not finished; continue with polymath train --resume {folder.Path}" : "finished")}");
        output.WriteLine();
        WriteChanged(RunOptions.Table, settings, ["model", "balancer"], output);
        if (run is null) return;
        output.WriteLine();
        var tasks = new TextTable("task", "kind", "classes");
        foreach (TaskDescription task in run.Encoder.Tasks) tasks.Add(task.Name, task.Kind.ToString().ToLowerInvariant(), Classes(task));
        tasks.Write(terminal);
        output.WriteLine();
        WriteInputs(run.Encoder, terminal);
        output.WriteLine();
        if (run.Model is TabularModel model) output.Write(model.Summary.ToString());
        else output.WriteLine($"{TextTable.Count(run.Model.ParameterCount)} parameters, {TextTable.Count(run.Model.FlopsPerRow)} FLOPs/row");
    }

    private static void WriteJson(RunSettings settings, TrainedRun? run, TextWriter output) => JsonText.Write(output, json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("finished", run is not null);
        WriteSettings(json, RunOptions.Table, settings);
        if (run is not null) WriteModel(json, run.Encoder, run.Model);
        json.WriteEndObject();
    });

    private static void WriteModel(Utf8JsonWriter json, TableEncoder encoder, MultiTaskModel model)
    {
        json.WriteStartArray("tasks");
        foreach (TaskDescription task in encoder.Tasks)
        {
            json.WriteStartObject();
            json.WriteString("name", task.Name);
            json.WriteString("kind", task.Kind.ToString().ToLowerInvariant());
            json.Strings("classes", task.Classes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.Strings("inputs", encoder.InputColumns);
        json.WriteNumber("parameters", model.ParameterCount);
        json.WriteNumber("flopsPerRow", model.FlopsPerRow);
    }

    /// <summary>The data, and every setting that is not at its default; some in any case.</summary>
    public static void WriteChanged<T>(SettingTable<T> table, T settings, IReadOnlyList<string> always, TextWriter output)
        where T : DataSettings
    {
        output.WriteLine($"data: {settings.Data}");
        foreach (SettingOption<T> option in table.All)
        {
            IReadOnlyList<string> values = option.Get(settings);
            if (always.Contains(option.Name) || !values.SequenceEqual(option.Get(table.Defaults))) output.WriteLine($"{option.Name}: {string.Join(", ", values)}");
        }
    }

    /// <summary>All settings.</summary>
    public static void WriteSettings<T>(Utf8JsonWriter json, SettingTable<T> table, T settings)
        where T : DataSettings
    {
        json.WriteStartObject("settings");
        json.WriteString("data", settings.Data);
        foreach (SettingOption<T> option in table.All)
        {
            IReadOnlyList<string> values = option.Get(settings);
            if (option.IsList) json.Strings(option.Name, values);
            else if (values.Count > 0) json.WriteString(option.Name, values[0]);
        }

        json.WriteEndObject();
    }

    /// <summary>What the model sees.</summary>
    public static void WriteInputs(TableEncoder encoder, Terminal terminal)
    {
        string lists = encoder.Sequences.Count switch { 0 => string.Empty, 1 => ", 1 list", int count => $", {count} lists" };
        ResultTable.Lines($"inputs: {encoder.NumericNames.Count} numeric, {encoder.Fields.Count} categorical{lists}, from columns {string.Join(", ", encoder.InputColumns.Take(20))}{(encoder.InputColumns.Count > 20 ? ", ..." : string.Empty)}", terminal);
    }

    /// <summary>The first of the classes of a task.</summary>
    public static string Classes(TaskDescription task)
    {
        const int Most = 6;
        return task.Classes.Count <= Most ? string.Join(", ", task.Classes) : $"{string.Join(", ", task.Classes.Take(Most))}, ... ({task.Classes.Count})";
    }
}
