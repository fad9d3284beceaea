using Polymath.Learning;
using Polymath.Learning.Metrics;
using Polymath.Learning.Reporting;
using Polymath.Learning.Training;
using Polymath.Tensors;

namespace Polymath.Tabular.Runs;

/// <summary>The single-task models that a multi-task model is compared with: one per task, with the same budget, on the rows that carry its label.</summary>
internal static class SingleTaskBaseline
{
    // A baseline costs about as much again as the model itself; larger runs have to ask for it.
    private const long AutoLimit = 4_000_000;
    private const int AutoTasks = 256, SmallestBatch = 16;

    /// <summary>Whether there is to be one.</summary>
    public static bool IsWanted(BaselineChoice choice, TabularData data, int epochs, List<string> notes)
    {
        if (choice != BaselineChoice.Auto || data.Tasks.Count < 2) return choice == BaselineChoice.SingleTask;
        if (data.Tasks.Count <= AutoTasks && (long)data.Train.Rows * epochs <= AutoLimit) return true;
        notes.Add("This run is large, so single-task baselines were not trained; add --baseline single-task to find out whether sharing helps.");
        return false;
    }

    /// <summary>Trains and scores the model of one task.</summary>
    /// <param name="data">The data of all tasks.</param>
    /// <param name="task">Position of the task.</param>
    /// <param name="multiTask">The multi-task model's predictions for this task on the rows that results are quoted from.</param>
    /// <param name="specification">The single-task network.</param>
    /// <param name="seed">Key of its first weights.</param>
    /// <param name="trainer">Makes its trainer, from the number of its training rows.</param>
    /// <param name="notes">Told why there is no baseline.</param>
    /// <param name="progress">Told about steps and epochs.</param>
    /// <param name="cancellation">Stops after the step.</param>
    /// <param name="fit">The scores; null when the task cannot be trained alone.</param>
    /// <returns>False when it was cancelled.</returns>
    public static bool TryFit(TabularData data, int task, float[] multiTask, ModelSpecification specification, ulong seed, Func<TabularModel, int, Trainer> trainer, List<string> notes, Action<TrainingProgress>? progress, CancellationToken cancellation, out SingleTaskFit? fit)
    {
        Target target = data.Tasks[task];
        fit = null;
        ArrayDataset train = data.Train.OfTask(task);
        ArrayDataset? validation = data.Validation?.OfTask(task), test = data.Test?.OfTask(task);
        if (validation is { Rows: 0 }) validation = null;
        if (train.Rows < 2)
        {
            notes.Add($"Task '{target.Name}' has {train.Rows} training row{(train.Rows == 1 ? string.Empty : "s")}, so it has no single-task baseline.");
            return true;
        }

        TabularModel model = specification.Create(data.Schema, new TaskSet(target), seed);
        if (!trainer(model, train.Rows).Fit(train, validation, progress, cancellation).Completed) return false;
        fit = new SingleTaskFit(
            task,
            validation is null ? null : Evaluation.Score(model, validation)[0],
            test is null or { Rows: 0 } ? null : Evaluation.Score(model, test)[0],
            Deviation(data, task, multiTask, model, seed));
        return true;
    }

    /// <summary>
    /// The budget of a baseline. A task that labels only some of the rows gets as many steps as the multi-task model, on
    /// proportionally smaller batches: with the same epochs of full batches it would stop after a few steps and lose unfairly.
    /// </summary>
    /// <param name="options">The multi-task model's.</param>
    /// <param name="rows">Rows with the task's label.</param>
    /// <param name="all">All training rows.</param>
    public static TrainerOptions BudgetFor(TrainerOptions options, int rows, int all)
    {
        if (rows >= all) return options with { ConflictSamples = 0 };
        TrainerOptions own = options with { BatchSize = Math.Min(options.BatchSize, Math.Max(SmallestBatch, (int)Math.Ceiling((double)options.BatchSize * rows / all))), ConflictSamples = 0 };
        long steps = (long)options.Epochs * options.StepsOf(all), each = own.StepsOf(rows);
        int epochs = (int)Math.Min(int.MaxValue / 2, (steps + each - 1) / each);
        return own with { Epochs = epochs, Patience = (int)Math.Ceiling((double)options.Patience * epochs / options.Epochs) };
    }

    private static double? Deviation(TabularData data, int task, float[] multiTask, TabularModel single, ulong seed)
    {
        if (data.Headline is not { } rows || rows.OfTask(task) is not { Rows: > 0 } own) return null;
        Target target = data.Tasks[task];
        (float[] labels, float[] ours) = Evaluation.Observed(target, task, multiTask, rows);
        float[] baseline = Evaluation.Predict(single, own)[0];
        double deviation = PairedBootstrap.GainDeviation(GainMetric.Of(target), labels, ours, baseline, target.ClassCount, new RandomStream(seed).Derive("bootstrap"));
        return double.IsNaN(deviation) ? null : 100 * deviation;
    }
}
