using System.Globalization;
using Polymath.Learning.Reporting;
using Polymath.Tabular.Tuning;

namespace Polymath.Cli;

/// <summary>What a search for hyper-parameters found.</summary>
internal static class TuningText
{
    private const int MostTrials = 10;
    private const string Given = "as given";

    /// <summary>For people: the best trials, and how the best one does on the test rows.</summary>
    public static void Write(TuningResult result, TuningFolder folder, Terminal terminal)
    {
        TextWriter output = terminal.Output;
        TuningTrial[] scored = [.. result.Trials.Where(trial => trial.Error is null)];
        output.WriteLine($"{TextTable.Count(result.Trials.Count)} trials by their validation score{(scored.Length < result.Trials.Count ? $", {TextTable.Count(result.Trials.Count - scored.Length)} of them failed" : string.Empty)}; the best {Math.Min(MostTrials, scored.Length)}:");
        output.WriteLine();
        var table = new TextTable([">trial", .. result.Names.Select(name => ">" + name), ">epochs", ">score", ">seconds"]);
        foreach (TuningTrial trial in scored.Take(MostTrials))
        {
            table.Add([trial.Number.ToString(CultureInfo.InvariantCulture), .. result.Names.Select((_, i) => trial.Values.Count > i ? trial.Values[i] : Given), TextTable.Count(trial.Epochs), TextTable.Metric(trial.Score), trial.Seconds.ToString("0.0", CultureInfo.InvariantCulture)]);
        }

        table.Write(terminal);
        output.WriteLine();
        output.WriteLine($"The best, trained: {result.Best.Model}, {result.Best.Balancer}, {result.Best.Optimizer}");
        output.WriteLine($"Scored once on {ResultTable.Rows(result.Report)}:");
        output.WriteLine();
        ResultTable.Write(result.Report, terminal);
        output.WriteLine();
        output.WriteLine($"Results: {folder.Path}{Path.DirectorySeparatorChar} (settings: {folder.BestSettings}; predict with 'polymath predict {folder.Best.Path} DATA').");
    }

    /// <summary>For programs.</summary>
    public static void WriteJson(TuningResult result, TuningFolder folder, TextWriter output) => JsonText.Write(output, json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("completed", true);
        json.WriteString("folder", folder.Path);
        json.WriteStartArray("trials");
        foreach (TuningTrial trial in result.Trials)
        {
            json.WriteStartObject();
            json.WriteNumber("trial", trial.Number);
            json.WriteStartObject("values");
            for (int i = 0; i < trial.Values.Count; i++) json.WriteString(result.Names[i], trial.Values[i]);
            json.WriteEndObject();
            json.WriteNumber("epochs", trial.Epochs);
            json.Number("score", trial.Score);
            json.Number("seconds", trial.Seconds);
            if (trial.Error is not null) json.WriteString("error", trial.Error);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("best");
        json.WriteString("model", result.Best.Model);
        json.WriteString("balancer", result.Best.Balancer);
        json.WriteString("optimizer", result.Best.Optimizer);
        json.WriteNumber("batchSize", result.Best.BatchSize);
        json.WriteString("settings", folder.BestSettings);
        json.WriteString("folder", folder.Best.Path);
        json.WriteStartArray("tasks");
        foreach (TaskReport task in result.Report.Tasks)
        {
            json.WriteStartObject();
            json.WriteString("name", task.Name);
            json.WriteString("metric", task.PrimaryMetric);
            json.WriteString("split", task.HeadlineSplit);
            json.Number("value", task.HeadlineSplit is { } split ? task.Splits[split].Values[task.PrimaryMetric] : double.NaN);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    });
}
