using System.Diagnostics;
using Polymath.Learning.Balancing;
using Polymath.Learning.Losses;
using Polymath.Learning.Optimization;
using Polymath.Tensors;

namespace Polymath.Learning.Training;

/// <summary>
/// Fits a multi-task model: shuffled batches, a vector of losses per step, a balancer that is given exactly what it needs, early
/// stopping on the mean of the tasks' primary metrics, and the best epoch's weights at the end. With a checkpoint path the fit
/// survives being killed at any moment and continues to the identical result.
/// </summary>
/// <example><code>
/// var trainer = new Trainer(model) { Optimizer = new Adam(1e-3f), Balancer = new CAGrad(), Options = new() { Epochs = 10 } };
/// FitResult result = trainer.Fit(train, validation);
/// </code></example>
public sealed class Trainer
{
    private const double ProgressSeconds = 0.1;
    private readonly MultiTaskModel _model;

    /// <summary>A trainer for one model.</summary>
    public Trainer(MultiTaskModel model) => _model = model;

    /// <summary>How gradients become steps; Adam with learning rate 1e-3 unless set.</summary>
    public Optimizer Optimizer { get; init; } = new Adam();

    /// <summary>How the learning rate moves over the steps; constant unless set.</summary>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>How the tasks' losses or gradients become one update; equal weighting unless set.</summary>
    public Balancer Balancer { get; init; } = new EqualWeighting();

    /// <summary>Epochs, batch size, patience, seed.</summary>
    public TrainerOptions Options { get; init; } = new();

    /// <summary>Where to keep the checkpoint; null keeps none. An existing one of the same run is continued.</summary>
    public string? CheckpointPath { get; init; }

    /// <summary>Trains until the epochs are done, validation stops improving, or <paramref name="cancellation"/> is asked for.</summary>
    /// <param name="train">Training rows.</param>
    /// <param name="validation">Validation rows; null trains all epochs and keeps the last weights.</param>
    /// <param name="progress">Told about steps and finished epochs.</param>
    /// <param name="cancellation">Finishes the step, writes the checkpoint, and returns with <see cref="FitResult.Completed"/> false.</param>
    /// <exception cref="TrainingException">No rows, a loss that is not finite, an option out of range, or a checkpoint of another run.</exception>
    public FitResult Fit(Dataset train, Dataset? validation = null, Action<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        Options.Validate();
        if (train.Rows == 0) throw new TrainingException("there are no training rows.");
        int tasks = _model.Tasks.Count;
        Balancer.Prepare(tasks);
        ParameterBlock block = Pack(train);
        var root = new RandomStream(Options.Seed);
        var order = new BatchOrder(train.Rows, Options.BatchSize, root.Derive("order"));
        RandomStream dropout = root.Derive("dropout"), draws = root.Derive("balancer");
        _model.SetRandom(dropout);
        var state = new TrainingState(tasks);
        Optimizer.Prepare(block.Values.Length);
        var checkpoint = CheckpointPath is null ? null : new Checkpoint(CheckpointPath, _model, block, Optimizer, Balancer, Options, train.Rows);
        checkpoint?.TryLoad(state);

        var clock = Stopwatch.StartNew();
        long rowsDone = 0;
        if (!state.Finished)
        {
            Loss[] losses = [.. _model.Tasks.Select(LossFunctions.For)];
            using var step = new TrainingStep(_model, Balancer, block.Layout, losses);
            float[] gradient = new float[block.Values.Length];
            TimeSpan lastReport = TimeSpan.Zero, lastSave = TimeSpan.Zero;
            order.Begin(state.Epoch);
            while (!state.Finished)
            {
                _model.Train();
                while (state.StepInEpoch < order.Steps)
                {
                    if (cancellation.IsCancellationRequested)
                    {
                        checkpoint?.Save(state);
                        return Result(state, block, completed: false, clock, rowsDone);
                    }

                    ReadOnlySpan<int> rows = order[state.StepInEpoch];
                    Step(step, train, rows, state, block, gradient, order.Steps, dropout, draws);
                    rowsDone += rows.Length;
                    if ((clock.Elapsed - lastReport).TotalSeconds >= ProgressSeconds)
                    {
                        lastReport = clock.Elapsed;
                        progress?.Invoke(new TrainingProgress(state.Epoch, Options.Epochs, state.StepInEpoch, order.Steps, rowsDone / clock.Elapsed.TotalSeconds, null));
                    }

                    if (checkpoint is not null && (clock.Elapsed - lastSave).TotalSeconds >= Options.CheckpointSeconds && state.StepInEpoch < order.Steps)
                    {
                        checkpoint.Save(state);
                        lastSave = clock.Elapsed;
                    }
                }

                EpochRecord record = EndEpoch(state, block, validation, order.Steps);
                progress?.Invoke(new TrainingProgress(record.Epoch, Options.Epochs, order.Steps, order.Steps, rowsDone / clock.Elapsed.TotalSeconds, record));
                if (!state.Finished) order.Begin(state.Epoch);
                checkpoint?.Save(state);
                lastSave = clock.Elapsed;
            }
        }

        if (state.BestValues is not null) Restore(block, state.BestValues);
        _model.Evaluate();
        return Result(state, block, completed: true, clock, rowsDone);
    }

    /// <summary>Weights then buffers as one array.</summary>
    internal static float[] Snapshot(ParameterBlock block, Module model)
    {
        var values = new List<float>(block.Values.Length);
        values.AddRange(block.Values);
        foreach ((_, Tensor buffer) in model.NamedBuffers()) values.AddRange(buffer.Span);
        return [.. values];
    }

    private void Restore(ParameterBlock block, float[] snapshot)
    {
        int at = block.Values.Length;
        snapshot.AsSpan(0, at).CopyTo(block.Values);
        foreach ((_, Tensor buffer) in _model.NamedBuffers())
        {
            snapshot.AsSpan(at, buffer.Shape.Length).CopyTo(buffer.Span);
            at += buffer.Shape.Length;
        }
    }

    private ParameterBlock Pack(Dataset train)
    {
        int[] probe = [.. Enumerable.Range(0, Math.Min(2, train.Rows))];
        _model.Evaluate();
        HashSet<string> shared;
        using (new Tape()) shared = TrainingStep.FindShared(_model, train.Gather(probe));
        var block = new ParameterBlock(_model, shared, Balancer.Learnable.Length);
        Balancer.Learnable.CopyTo(block.Values[block.LearnableOffset..]);
        return block;
    }

    private void Step(TrainingStep step, Dataset train, ReadOnlySpan<int> rows, TrainingState state, ParameterBlock block, float[] gradient, int stepsPerEpoch, RandomStream dropout, RandomStream draws)
    {
        // Every step owns a range of the streams, so that resuming needs the step number only.
        dropout.Position = (ulong)state.Steps << 32;
        draws.Position = (ulong)state.Steps << 32;
        bool look = Options.ConflictSamples > 0 && state.StepInEpoch % Math.Max(1, stepsPerEpoch / Options.ConflictSamples) == 0;
        ReadOnlySpan<ConflictStatistics> conflicts = look ? [state.Conflicts, state.EpochConflicts] : default;
        if (step.Run(train, rows, state.Epoch, state.Steps, draws, conflicts))
        {
            step.Gradient.CopyTo(gradient, 0);
            Balancer.LearnableGradient.CopyTo(gradient.AsSpan(block.LearnableOffset));
            if (Options.ClipNorm > 0) GradientClipping.ByNorm(gradient, Options.ClipNorm);
            Optimizer.Step(block.Values, gradient, Schedule.Factor(state.Steps, (long)Options.Epochs * stepsPerEpoch));
            block.Values[block.LearnableOffset..].CopyTo(Balancer.Learnable);
            for (int i = 0; i < step.Present; i++)
            {
                int task = step.Active[i];
                state.LossSums[task] += (double)step.Values[i] * step.Observed[i];
                state.LossCounts[task] += step.Observed[i];
                state.WeightSums[task] += step.Weights[i];
                state.WeightCounts[task]++;
            }
        }

        state.Steps++;
        state.StepInEpoch++;
    }

    private EpochRecord EndEpoch(TrainingState state, ParameterBlock block, Dataset? validation, int stepsPerEpoch)
    {
        _model.Evaluate();
        IReadOnlyList<TaskScore> scores = validation is null ? [] : Evaluation.Score(_model, validation);
        double score = scores.Count == 0 ? double.NaN : Evaluation.MeanUtility(scores);
        var record = new EpochRecord(
            state.Epoch,
            state.Steps,
            Optimizer.LearningRate * Schedule.Factor(state.Steps - 1, (long)Options.Epochs * stepsPerEpoch),
            Means(state.LossSums, state.LossCounts),
            Means(state.WeightSums, state.WeightCounts),
            scores,
            score,
            state.EpochConflicts.ConflictRate);
        state.History.Add(record);
        bool better = validation is null || score > state.BestScore || state.BestEpoch < 0;
        if (better)
        {
            state.BestEpoch = state.Epoch;
            state.BestScore = double.IsNaN(score) ? double.NegativeInfinity : score;
            if (validation is not null) state.BestValues = Snapshot(block, _model);
        }

        state.Epoch++;
        state.Finished = state.Epoch >= Options.Epochs || (validation is not null && Options.Patience > 0 && state.Epoch - 1 - state.BestEpoch >= Options.Patience);
        state.BeginEpoch();
        return record;
    }

    private static double[] Means(double[] sums, long[] counts)
    {
        double[] means = new double[sums.Length];
        for (int i = 0; i < means.Length; i++) means[i] = counts[i] == 0 ? double.NaN : sums[i] / counts[i];
        return means;
    }

    private static FitResult Result(TrainingState state, ParameterBlock block, bool completed, Stopwatch clock, long rows) => new()
    {
        History = state.History,
        BestEpoch = state.BestEpoch,
        Completed = completed,
        Conflicts = state.Conflicts,
        Seconds = clock.Elapsed.TotalSeconds,
        RowsPerSecond = rows / Math.Max(1e-9, clock.Elapsed.TotalSeconds),
        SharedParameters = block.Layout.SharedCount,
    };
}
