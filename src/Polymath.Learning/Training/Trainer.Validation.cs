using Polymath.Learning.Balancing;
using Polymath.Learning.Losses;
using Polymath.Learning.Regularization;

namespace Polymath.Learning.Training;

// What is checked before the first step.
public sealed partial class Trainer
{
    /// <summary>Finds what would stop a fit before its first step; nothing is trained or written.</summary>
    /// <param name="train">Training rows.</param>
    /// <param name="validation">Validation rows, or null.</param>
    /// <exception cref="TrainingException">
    /// An option is out of range, there are no rows, data and model disagree about the tasks, a task has no training label, or a batch
    /// of one row meets batch normalisation, or the balancer cannot be used with <see cref="FlatRegions"/> or <see cref="Regularizer"/>.
    /// </exception>
    public void Validate(Dataset train, Dataset? validation = null)
    {
        ArgumentNullException.ThrowIfNull(train);
        Options.Validate();
        if (train.Rows == 0) throw new TrainingException("there are no training rows.");
        TaskSet tasks = _model.Tasks;
        foreach (Dataset data in validation is null ? (Dataset[])[train] : [train, validation])
        {
            if (data.Tasks != tasks.Count) throw new TrainingException($"{(ReferenceEquals(data, train) ? "the training rows" : "the validation rows")} have labels of {data.Tasks} tasks, the model has {tasks.Count}; make both from one task set.");
        }

        if (Options.BalanceAt != BalanceLevel.Parameters && (Balancer.Needs & (BalancerNeeds.Gramian | BalancerNeeds.RepresentationGradients)) == 0)
        {
            throw new TrainingException($"balancer '{Balancer.Name}' does not compare inner products of gradients (it needs {Balancer.Needs}), found BalanceAt = {Options.BalanceAt}; balance at Parameters, or choose one that does, such as mgda or imtl.");
        }

        FlatRegions?.Validate(Balancer, Options, tasks.Count);
        if (Regularizer is not null) RequireRegularizable(Regularizer);
        if (_model.Penalizes) RequireSingleBatch();
        if (_model.Descend().OfType<Embedding>().Any(table => table.Weight.Window is not null)) RequireNoMemoryOfParameters();
        foreach (Target task in tasks)
        {
            LossFunctions.For(task);
            Evaluation.PrimaryMetric(task);
        }

        for (int task = 0; task < tasks.Count; task++)
        {
            int row = 0;
            while (row < train.Rows && float.IsNaN(train.Label(row, task))) row++;
            if (row == train.Rows) throw new TrainingException($"task '{tasks[task].Name}' has no label in the {train.Rows} training rows; leave the task out or give it labels.");
        }

        _model.RequireLabels(train);
        if (validation is not null) _model.RequireLabels(validation);
        if (Math.Min(train.Rows, Options.BatchSize) == 1 && _model.Descend().Any(module => module is BatchNorm1d)) throw new TrainingException($"found {train.Rows} training rows in batches of {Options.BatchSize}: batch normalisation needs at least 2 rows in a batch; raise the batch size or turn it off.");
    }

    private void RequireNoMemoryOfParameters()
    {
        string? what = Options.AverageDecay > 0 ? "an average of the weights over the steps" : Balancer.RemembersGradients ? $"balancer '{Balancer.Name}', which remembers gradients from step to step," : null;
        if (what is not null) throw new TrainingException($"the model has sparse tables, whose rows are trained only where a step touches them, and {what} needs all parameters in every step; leave it out or train the tables as a whole (sparse-from=0).");
    }

    private void RequireSingleBatch()
    {
        if (FlatRegions is { Rho: > 0 } || (Balancer.Needs & (BalancerNeeds.ThreeBatches | BalancerNeeds.Bilevel)) != 0)
        {
            throw new TrainingException($"{_model.GetType().Name} adds a loss of its own to every batch, and {(FlatRegions is { Rho: > 0 } ? "training for flat regions" : $"balancer '{Balancer.Name}'")} has no place for it; choose another, or set the weight of that loss to 0.");
        }
    }

    private void RequireRegularizable(IRepresentationRegularizer regularizer)
    {
        if (FlatRegions is { Rho: > 0 }) throw new TrainingException($"regulariser '{regularizer.Name}' and training for flat regions cannot be used together; choose one of them.");
        if ((Balancer.Needs & (BalancerNeeds.ThreeBatches | BalancerNeeds.Bilevel)) != 0)
        {
            throw new TrainingException($"balancer '{Balancer.Name}' combines gradients of several batches, and regulariser '{regularizer.Name}' works on one; choose another balancer or no regulariser.");
        }

        if (regularizer.TransformsLosses && (Balancer.TransformsLosses || (Balancer.Needs & BalancerNeeds.LossesAfterStep) != 0))
        {
            throw new TrainingException($"balancer '{Balancer.Name}' transforms the losses by a rule of its own, and regulariser '{regularizer.Name}' has already done so; set log_transform=false.");
        }
    }
}
