using Polymath.Learning.Balancing;
using Polymath.Learning.Optimization;
using Polymath.Learning.Regularization;
using Polymath.Learning.Training;

namespace Polymath.Tabular.Runs;

/// <summary>Makes the trainer that the settings of a run describe: the same for a single run, for every run of a comparison and for every trial of a search.</summary>
internal static class RunTrainer
{
    private const int ManyTasks = 16, Looks = 8, FewLooks = 2;

    /// <summary>The unit in which settings give memory, in bytes.</summary>
    public const double Mebibyte = 1024 * 1024;

    /// <summary>A trainer.</summary>
    /// <param name="settings">Optimiser, schedule, balancer and budget.</param>
    /// <param name="model">What is trained.</param>
    /// <param name="seed">Key of the data order and of dropout.</param>
    /// <param name="checkpoint">Where it keeps its state; null keeps none.</param>
    /// <param name="labelled">For a single-task baseline, its training rows: it has nothing to balance, and a budget of its own.</param>
    /// <param name="rows">All training rows; read for a baseline only.</param>
    /// <param name="looks">Steps of every epoch in which the angles between the tasks' gradients are measured; chosen by the number of tasks unless given.</param>
    public static Trainer Create(RunSettings settings, TabularModel model, ulong seed, string? checkpoint, int? labelled = null, int rows = 0, int? looks = null)
    {
        var options = new TrainerOptions
        {
            Epochs = settings.Epochs,
            BatchSize = settings.BatchSize,
            DropLast = settings.DropLast,
            Patience = settings.Patience,
            ClipNorm = settings.Clip,
            AverageDecay = settings.Average,
            BalanceAt = labelled is null ? settings.BalanceAt : BalanceLevel.Parameters,
            GradientMemory = (long)(settings.GradientMemory * Mebibyte),
            Seed = seed,
            ConflictSamples = looks ?? (model.Tasks.Count <= ManyTasks ? Looks : FewLooks),
        };
        return new Trainer(model)
        {
            Optimizer = Optimizers.Create(settings.Optimizer),
            Schedule = Schedules.Create(settings.Schedule),
            Balancer = labelled is null ? Balancers.Create(settings.Balancer) : new EqualWeighting(),
            FlatRegions = labelled is null && settings.Flat.Length > 0 ? FlatRegions.Create(settings.Flat) : null,
            Regularizer = labelled is null && settings.Regularizer.Length > 0 ? Regularizers.Create(settings.Regularizer) : null,
            CheckpointPath = checkpoint,
            Options = labelled is { } own ? SingleTaskBaseline.BudgetFor(options, own, rows) : options,
        };
    }

    /// <summary>Throws when a setting is out of range or names something that does not exist.</summary>
    /// <param name="settings">The settings.</param>
    public static void Check(RunSettings settings)
    {
        RunOptions.Validate(settings);
        TabularModels.Find(ModelSpecification.Parse(settings.Model).Name);
        Balancers.Create(settings.Balancer);
        if (settings.Flat.Length > 0) FlatRegions.Create(settings.Flat);
        if (settings.Regularizer.Length > 0) Regularizers.Create(settings.Regularizer);
        Optimizers.Create(settings.Optimizer);
        Schedules.Create(settings.Schedule);
    }
}
