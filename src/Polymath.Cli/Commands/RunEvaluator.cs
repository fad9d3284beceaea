using Polymath.Data.Runs;
using Polymath.Learning.Training;

namespace Polymath.Cli;

/// <summary>Scores with a training of this tool: its weights are replaced by the merged ones, and its tasks are scored on a table.</summary>
/// <param name="run">The folder of a finished training.</param>
/// <param name="table">The table with the answers.</param>
/// <remarks>The score is the mean of the tasks' main metrics, those of which less is better counted negatively.</remarks>
internal sealed class RunEvaluator(string run, string table) : MergeEvaluator
{
    private const string Weights = "model.safetensors";

    /// <inheritdoc/>
    public override string Identity => $"{Path.GetFullPath(run)}\n{Path.GetFullPath(table)}";

    /// <inheritdoc/>
    public override double Score(string model, CancellationToken cancellation)
    {
        if (!File.Exists(Path.Combine(run, Weights))) throw new UsageException($"--evaluate-run: '{run}' holds no {Weights}, expected the folder of a finished training.");
        string copy = Directory.CreateTempSubdirectory("polymath-merge-").FullName;
        try
        {
            foreach (string file in Directory.EnumerateFiles(run)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            File.Copy(Directory.Exists(model) ? Path.Combine(model, Weights) : model, Path.Combine(copy, Weights), overwrite: true);
            FinishedRun finished = FinishedRun.Load(copy, unknown: null);
            DataSettings reading = finished.Settings;
            IReadOnlyList<TaskScore> scores = finished.Evaluate(table, reading.ReadOptions(reading.SkipLines));
            double[] values = [.. scores.Where(score => score.Observed > 0).Select(score => score.HigherIsBetter ? score.Value : -score.Value)];
            return values.Length > 0 ? values.Average() : throw new UsageException($"--on: '{table}' holds no labels of the training '{run}'.");
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }
}
