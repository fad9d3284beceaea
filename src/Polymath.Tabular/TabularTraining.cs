using System.Globalization;
using Polymath.Data;
using Polymath.Learning;
using Polymath.Learning.Balancing;
using Polymath.Learning.Reporting;
using Polymath.Learning.Training;
using Polymath.Tabular.Runs;

namespace Polymath.Tabular;

/// <summary>Fits the model of a <see cref="Trainer"/> to an encoded table.</summary>
public static class TabularTraining
{
    /// <summary>Trains on the training rows, stops early on the validation rows, scores on the test rows, and compares with single-task models.</summary>
    /// <param name="trainer">Its model is a <see cref="TabularModel"/> made from the same data.</param>
    /// <param name="data">The rows.</param>
    /// <param name="baseline">Whether single-task models are trained for comparison, with the same optimiser, schedule and options.</param>
    /// <param name="progress">Told about the steps of the multi-task model.</param>
    /// <param name="cancellation">Stops after the step.</param>
    /// <exception cref="ModelException">The model was not made from this data.</exception>
    /// <exception cref="TrainingException">As <see cref="Trainer.Fit"/>.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; a checkpoint, if the trainer keeps one, continues it.</exception>
    public static TabularFit Fit(this Trainer trainer, TabularData data, BaselineChoice baseline = BaselineChoice.Auto, Action<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(data);
        TabularModel model = Require(trainer.Model, data);
        var notes = new List<string>(data.Notes);
        FitResult fit = trainer.Fit(data.Train, data.Validation, progress, cancellation);
        RequireCompleted(fit.Completed, cancellation);
        RunResults results = RunResults.Of(fit, model, data, notes);
        RunSettings settings = SettingsOf(trainer, model, data, baseline);
        if (SingleTaskBaseline.IsWanted(baseline, data, trainer.Options.Epochs, notes)) results = results with { Singles = FitSingles(trainer, model, data, results, notes, cancellation) };
        RunReport report = RunReporting.Build(settings, data, model, [results], notes, string.Empty) with { Seed = trainer.Options.Seed };
        return new TabularFit(model, data, results, settings, report);
    }

    private static SingleTaskFit?[] FitSingles(Trainer trainer, TabularModel model, TabularData data, RunResults results, List<string> notes, CancellationToken cancellation)
    {
        var singles = new SingleTaskFit?[data.Tasks.Count];
        ModelSpecification specification = ModelSpecification.Of(model).SingleTask();
        for (int task = 0; task < singles.Length; task++)
        {
            // The optimiser starts over for every fit, so all of them can use the one of the trainer.
            RequireCompleted(SingleTaskBaseline.TryFit(data, task, results.HeadlineOf(task), specification, trainer.Options.Seed, Single, notes, null, cancellation, out singles[task]), cancellation);
        }

        return singles;

        Trainer Single(TabularModel single, int rows) => new(single) { Optimizer = trainer.Optimizer, Schedule = trainer.Schedule, Balancer = new EqualWeighting(), Options = SingleTaskBaseline.BudgetFor(trainer.Options, rows, data.Train.Rows) };
    }

    private static void RequireCompleted(bool completed, CancellationToken cancellation)
    {
        if (!completed) throw new OperationCanceledException(cancellation);
    }

    private static TabularModel Require(MultiTaskModel model, TabularData data)
    {
        if (model is not TabularModel tabular) throw new ModelException($"found a {model.GetType().Name}, expected a tabular model for encoded tables.");
        if (!tabular.Schema.NumericNames.SequenceEqual(data.Schema.NumericNames) || !tabular.Schema.Fields.SequenceEqual(data.Schema.Fields) || !tabular.Schema.Sequences.SequenceEqual(data.Schema.Sequences)) throw new ModelException($"{tabular.Name}: the model was made for other columns than this data; make it from the same TabularData.");
        if (tabular.Tasks.Count != data.Tasks.Count) throw new ModelException($"{tabular.Name}: the model has {tabular.Tasks.Count} tasks, the data {data.Tasks.Count}; make the model with data.Tasks.");
        for (int k = 0; k < data.Tasks.Count; k++)
        {
            Target ours = tabular.Tasks[k], theirs = data.Tasks[k];
            bool same = ours.Name == theirs.Name && ours.Kind == theirs.Kind && ours.Outputs == theirs.Outputs && ours.Mean == theirs.Mean && ours.Deviation == theirs.Deviation && ours.LogitShift == theirs.LogitShift;
            if (!same) throw new ModelException($"{tabular.Name}: task '{ours.Name}' is not as the training rows settled it (classes, mean and deviation of the labels); make the model with data.Tasks.");
        }

        return tabular;
    }

    private static RunSettings SettingsOf(Trainer trainer, TabularModel model, TabularData data, BaselineChoice baseline) => new()
    {
        Data = data.Source,
        Targets = [.. data.Encoder.Targets.Select(target => target.Definition.ToString())],
        TaskColumn = data.Encoder.TaskColumn ?? string.Empty,
        Sequences = [.. data.Encoder.Sequences.Select(field => new SequenceColumn(field.Name, field.Item, field.MaxLength).ToString())],
        ListSeparator = data.Encoder.ListSeparator.ToString(),
        Model = ModelSpecification.Of(model).ToString(),
        Balancer = trainer.Balancer.Specification,
        Flat = trainer.FlatRegions?.Specification ?? string.Empty,
        Regularizer = trainer.Regularizer?.Specification ?? string.Empty,
        Optimizer = string.Create(CultureInfo.InvariantCulture, $"{trainer.Optimizer.Name}{(trainer.Optimizer.Name.Contains(':', StringComparison.Ordinal) ? ',' : ':')}lr={trainer.Optimizer.LearningRate:R}"),
        Schedule = trainer.Schedule.Name,
        Epochs = trainer.Options.Epochs,
        BatchSize = trainer.Options.BatchSize,
        DropLast = trainer.Options.DropLast,
        Patience = trainer.Options.Patience,
        Clip = trainer.Options.ClipNorm,
        Average = trainer.Options.AverageDecay,
        BalanceAt = trainer.Options.BalanceAt,
        GradientMemory = trainer.Options.GradientMemory / RunTrainer.Mebibyte,
        Seed = (int)Math.Min(trainer.Options.Seed, int.MaxValue),
        Baseline = baseline,
    };
}
