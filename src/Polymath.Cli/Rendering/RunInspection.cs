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
        foreach ((string name, string value) in Changed(settings)) output.WriteLine($"{name}: {value}");
        if (run is null) return;
        output.WriteLine();
        var tasks = new TextTable("task", "kind", "classes");
        foreach (TaskDescription task in run.Encoder.Tasks) tasks.Add(task.Name, task.Kind.ToString().ToLowerInvariant(), Classes(task));
        tasks.Write(terminal);
        output.WriteLine();
        output.WriteLine($"inputs: {run.Encoder.NumericNames.Count} numeric, {run.Encoder.Fields.Count} categorical, from columns {string.Join(", ", run.Encoder.InputColumns.Take(20))}{(run.Encoder.InputColumns.Count > 20 ? ", ..." : string.Empty)}");
        output.WriteLine();
        if (run.Model is TabularModel model) output.Write(model.Summary.ToString());
        else output.WriteLine($"{TextTable.Count(run.Model.ParameterCount)} parameters, {TextTable.Count(run.Model.FlopsPerRow)} FLOPs/row");
    }

    private static void WriteJson(RunSettings settings, TrainedRun? run, TextWriter output) => JsonText.Write(output, json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("finished", run is not null);
        json.WriteStartObject("settings");
        json.WriteString("data", settings.Data);
        foreach (SettingOption<RunSettings> option in RunOptions.All)
        {
            IReadOnlyList<string> values = option.Get(settings);
            if (option.IsList) json.Strings(option.Name, values);
            else if (values.Count > 0) json.WriteString(option.Name, values[0]);
        }

        json.WriteEndObject();
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

    /// <summary>The data, and every setting that is not at its default.</summary>
    private static IEnumerable<(string Name, string Value)> Changed(RunSettings settings)
    {
        var defaults = new RunSettings();
        yield return ("data", settings.Data);
        foreach (SettingOption<RunSettings> option in RunOptions.All)
        {
            IReadOnlyList<string> values = option.Get(settings);
            bool core = option.Name is "model" or "balancer";
            if (core || !values.SequenceEqual(option.Get(defaults))) yield return (option.Name, string.Join(", ", values));
        }
    }

    private static string Classes(TaskDescription task)
    {
        const int Most = 6;
        return task.Classes.Count <= Most ? string.Join(", ", task.Classes) : $"{string.Join(", ", task.Classes.Take(Most))}, ... ({task.Classes.Count})";
    }
}
