using System.Globalization;
using System.Text.Json;
using Polymath.Boosting;
using Polymath.Boosting.Runs;
using Polymath.Data;

namespace Polymath.Cli;

/// <summary>A run folder of boosted trees: its settings, its tasks and their mixes, the size of its model.</summary>
internal static class BoostInspection
{
    public static void Write(BoostFolder folder, Terminal terminal, bool json)
    {
        BoostSettings settings = folder.ReadSettings();
        BoostedRun? run = File.Exists(folder.Model) ? BoostedRun.Load(folder.Path) : null;
        if (json) WriteJson(settings, run, terminal.Output);
        else WriteText(folder, settings, run, terminal);
    }

    private static void WriteText(BoostFolder folder, BoostSettings settings, BoostedRun? run, Terminal terminal)
    {
        TextWriter output = terminal.Output;
        output.WriteLine($"{folder.Path}: {(run is null ? $"not finished; continue with polymath boost --resume {folder.Path}" : "finished")}");
        output.WriteLine();
        RunInspection.WriteChanged(BoostOptions.Table, settings, ["preset"], output);
        if (run is null) return;
        output.WriteLine();
        IReadOnlyDictionary<string, double> weights = run.Model.TaskWeights, scores = run.Model.OutlierScores;
        TextTable tasks = weights.Count > 0 ? new TextTable("task", "kind", "classes", ">mix", ">outlier score") : new TextTable("task", "kind", "classes");
        foreach (TaskDescription task in run.Encoder.Tasks)
        {
            string[] cells = [task.Name, task.Kind.ToString().ToLowerInvariant(), RunInspection.Classes(task)];
            tasks.Add(weights.Count > 0 ? [.. cells, Two(weights[task.Name]), Two(scores[task.Name])] : cells);
        }

        tasks.Write(terminal);
        output.WriteLine();
        RunInspection.WriteInputs(run.Encoder, terminal);
        BoostedModel model = run.Model;
        ResultTable.Lines($"trees: {TextTable.Count(model.SharedTrees.Count)} shared, {TextTable.Count(model.OutlierTrees.Count)} outlier, {TextTable.Count(model.NonOutlierTrees.Count)} non-outlier, {TextTable.Count(model.TaskTrees.Sum(own => own.Count))} of single tasks; {TextTable.Count(Leaves(model))} leaves", terminal);
    }

    private static void WriteJson(BoostSettings settings, BoostedRun? run, TextWriter output) => JsonText.Write(output, json =>
    {
        json.WriteStartObject();
        json.WriteString("kind", BoostOptions.Kind);
        json.WriteBoolean("finished", run is not null);
        RunInspection.WriteSettings(json, BoostOptions.Table, settings);
        if (run is not null) WriteModel(json, run);
        json.WriteEndObject();
    });

    private static void WriteModel(Utf8JsonWriter json, BoostedRun run)
    {
        IReadOnlyDictionary<string, double> weights = run.Model.TaskWeights, scores = run.Model.OutlierScores;
        json.WriteStartArray("tasks");
        foreach (TaskDescription task in run.Encoder.Tasks)
        {
            json.WriteStartObject();
            json.WriteString("name", task.Name);
            json.WriteString("kind", task.Kind.ToString().ToLowerInvariant());
            json.Strings("classes", task.Classes);
            if (weights.TryGetValue(task.Name, out double weight))
            {
                json.WriteNumber("mix", weight);
                json.WriteNumber("outlierScore", scores[task.Name]);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.Strings("inputs", run.Encoder.InputColumns);
        json.WriteNumber("sharedTrees", run.Model.SharedTrees.Count);
        json.WriteNumber("outlierTrees", run.Model.OutlierTrees.Count);
        json.WriteNumber("nonOutlierTrees", run.Model.NonOutlierTrees.Count);
        json.WriteNumber("taskTrees", run.Model.TaskTrees.Sum(own => own.Count));
        json.WriteNumber("leaves", Leaves(run.Model));
    }

    private static long Leaves(BoostedModel model)
        => model.SharedTrees.Concat(model.OutlierTrees).Concat(model.NonOutlierTrees).Concat(model.TaskTrees.SelectMany(own => own)).Sum(tree => (long)tree.Leaves);

    private static string Two(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
