using System.Globalization;
using System.Text;
using Polymath.Data.Runs;
using Polymath.Learning.Reporting;
using Polymath.Learning.Training;
using Polymath.Tabular.Runs;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>A fitted model with everything that was found out about it.</summary>
/// <example><code>
/// TabularFit fit = new Trainer(model).Fit(data);
/// Console.WriteLine(fit);                       // a line per task
/// fit.Save("run");                              // TrainedRun.Load("run") predicts with it
/// </code></example>
public sealed class TabularFit
{
    private const string Origin = "# Saved by a program: enough to predict with. Options of the balancer, the schedule, the encoder and the split were set in code and are not listed.\n";

    private readonly RunResults _results;
    private readonly RunSettings _settings;

    internal TabularFit(TabularModel model, TabularData data, RunResults results, RunSettings settings, RunReport report)
        => (Model, Data, _results, _settings, Report) = (model, data, results, settings, report);

    /// <summary>The model, with the weights of the best epoch.</summary>
    public TabularModel Model { get; }

    /// <summary>What it was fitted on.</summary>
    public TabularData Data { get; }

    /// <summary>The course of the fit.</summary>
    public FitResult Result => _results.Fit;

    /// <summary>Scores on the validation rows, <c>[tasks]</c>; empty without any.</summary>
    public IReadOnlyList<TaskScore> Validation => _results.Validation;

    /// <summary>Scores on the test rows, <c>[tasks]</c>; empty without any.</summary>
    public IReadOnlyList<TaskScore> Test => _results.Test;

    /// <summary>How the tasks' gradients pointed to each other.</summary>
    public ConflictStatistics Conflicts => Result.Conflicts;

    /// <summary>Mean gain over single-task models in percent; null when none were trained or a gain is not defined.</summary>
    public double? Gain => Report.DeltaM;

    /// <summary>Everything as plain data.</summary>
    public RunReport Report { get; }

    /// <summary>Writes config.yaml, encoder.json, model.safetensors, metrics.jsonl, report.json and report.html.</summary>
    /// <param name="folder">A new or empty folder.</param>
    /// <param name="overwrite">Replace an earlier run in it.</param>
    /// <exception cref="RunException">The folder is not empty or cannot be written.</exception>
    public void Save(string folder, bool overwrite = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var files = new RunFolder(folder.Length > 1 ? Path.TrimEndingDirectorySeparator(folder) : folder);
        files.Prepare(overwrite);
        AtomicFile.WriteText(files.Configuration, writer => writer.Write(Origin + RunConfiguration.Write(_settings)));
        RunResults.Write([_results], files, Data, Model, Report);
        files.Finish();
    }

    /// <summary>A line per task: its metric on the test (or validation) rows and the gain over a single-task model, then conflicts.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        IReadOnlyList<TaskScore> scores = Test.Count > 0 ? Test : Validation;
        for (int k = 0; k < scores.Count; k++)
        {
            string gain = Report.Tasks[k].GainPercent is { } percent ? string.Create(CultureInfo.InvariantCulture, $", {percent:+0.0;-0.0} % over single-task") : string.Empty;
            text.Append(CultureInfo.InvariantCulture, $"{scores[k].Task}: {scores[k].Primary} {scores[k].Value:0.000}{gain}\n");
        }

        return Conflicts.Pairs == 0 ? text.ToString() : text.Append(CultureInfo.InvariantCulture, $"gradients conflict in {100 * Conflicts.ConflictRate:0} % of looks\n").ToString();
    }
}
