using System.Diagnostics;
using Polymath.Learning.Balancing;
using Polymath.Learning.Losses;
using Polymath.Learning.Optimization;
using Polymath.Learning.Regularization;
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
public sealed partial class Trainer
{
    private const double ProgressSeconds = 0.1;
    private readonly MultiTaskModel _model;

    /// <summary>A trainer for one model.</summary>
    public Trainer(MultiTaskModel model) => _model = model;

    /// <summary>The model.</summary>
    public MultiTaskModel Model => _model;

    /// <summary>How gradients become steps; Adam with learning rate 1e-3 unless set.</summary>
    public Optimizer Optimizer { get; init; } = new Adam();

    /// <summary>How the learning rate moves over the steps; constant unless set.</summary>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>How the tasks' losses or gradients become one update; equal weighting unless set.</summary>
    public Balancer Balancer { get; init; } = new EqualWeighting();

    /// <summary>Sharpness-aware steps for every task, combined by the balancer; null, the default, trains at the parameters themselves.</summary>
    public FlatRegions? FlatRegions { get; init; }

    /// <summary>
    /// A term on the model's <see cref="MultiTaskModel.SharedRepresentation"/> that is added to what the balancer makes of the tasks; none unless
    /// set. The balancer then acts on its objectives f(L); reported losses stay L.
    /// </summary>
    public IRepresentationRegularizer? Regularizer { get; init; }

    /// <summary>Told about every step: losses, weights, and the gradients' cosines where they were computed.</summary>
    public StepObserver? OnStep { get; init; }

    /// <summary>Epochs, batch size, patience, seed.</summary>
    public TrainerOptions Options { get; init; } = new();

    /// <summary>Where to keep the checkpoint; null keeps none. An existing one of the same run is continued.</summary>
    public string? CheckpointPath { get; init; }

    /// <summary>Trains until the epochs are done, validation stops improving, or <paramref name="cancellation"/> is asked for.</summary>
    /// <param name="train">Training rows.</param>
    /// <param name="validation">Validation rows; null trains all epochs and keeps the last weights.</param>
    /// <param name="progress">Told about steps and finished epochs.</param>
    /// <param name="cancellation">Finishes the step, writes the checkpoint, and returns with <see cref="FitResult.Completed"/> false.</param>
    /// <exception cref="TrainingException">What <see cref="Validate"/> finds, a loss that is not finite, or a checkpoint of another run.</exception>
    public FitResult Fit(Dataset train, Dataset? validation = null, Action<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        Validate(train, validation);
        if (validation is { Rows: 0 }) validation = null;
        int tasks = _model.Tasks.Count;
        Balancer.Reset();
        Balancer.Prepare(tasks);
        Balancer? flat = FlatRegions?.MakeFlatBalancer(Balancer, tasks);
        ParameterBlock block = Pack(train);
        var root = new RandomStream(Options.Seed);
        var order = new BatchOrder(train.Rows, Options, root.Derive("order"));
        RandomStream dropout = root.Derive("dropout"), draws = root.Derive("balancer");
        _model.SetRandom(dropout);
        var state = new TrainingState(tasks, Regularizer?.Terms.Count ?? 0) { Average = Options.AverageDecay > 0 ? new ExponentialMovingAverage(Options.AverageDecay, rampUp: true) : null };
        Optimizer.Prepare(block.Values.Length);
        block.Attach(Optimizer);
        var checkpoint = CheckpointPath is null ? null : new Checkpoint(CheckpointPath, _model, block, Optimizer, Balancer, flat, Checkpoint.FingerprintOf(_model, block, this, train, validation));
        checkpoint?.TryLoad(state);

        var meter = new StepMeter();
        var clock = Stopwatch.StartNew();
        double earlier = state.Seconds;
        bool finished = IsFinished(state), cancelled = false;
        if (!finished)
        {
            Loss[] losses = [.. _model.Tasks.Select(LossFunctions.For)];
            using TrainingStep step = TrainingStep.For(this, block, losses, flat);
            long before = state.Rows;
            TimeSpan lastReport = TimeSpan.Zero, lastSave = TimeSpan.Zero;
            order.Begin(state.Epoch);
            while (!finished && !cancelled)
            {
                _model.Train();
                StepMeter.BeginEpoch();
                while (state.StepInEpoch < order.Steps && !(cancelled = cancellation.IsCancellationRequested))
                {
                    int rows = order[state.StepInEpoch].Length;
                    meter.BeginStep();
                    Step(step, train, order, state, block, dropout, draws);
                    meter.EndStep(step.GradientBytes);
                    state.Rows += rows;
                    if ((clock.Elapsed - lastReport).TotalSeconds >= ProgressSeconds)
                    {
                        lastReport = clock.Elapsed;
                        progress?.Invoke(new TrainingProgress(state.Epoch, Options.Epochs, state.StepInEpoch, order.Steps, (state.Rows - before) / clock.Elapsed.TotalSeconds, null));
                    }

                    if (checkpoint is not null && (clock.Elapsed - lastSave).TotalSeconds >= Options.CheckpointSeconds && state.StepInEpoch < order.Steps) Save();
                }

                meter.EndEpoch();
                if (!cancelled)
                {
                    EpochRecord record = EndEpoch(state, block, flat, validation, order.Steps);
                    progress?.Invoke(new TrainingProgress(record.Epoch, Options.Epochs, order.Steps, order.Steps, (state.Rows - before) / clock.Elapsed.TotalSeconds, record));
                    finished = IsFinished(state);
                    if (!finished) order.Begin(state.Epoch);
                }

                Save();
            }

            void Save()
            {
                state.Seconds = earlier + clock.Elapsed.TotalSeconds;
                checkpoint?.Save(state);
                lastSave = clock.Elapsed;
            }
        }

        if (!cancelled && state.BestValues is not null) Restore(block, state);
        else if (!cancelled) ExchangeAverage(state, block);
        _model.Evaluate();
        return Result(state, block, meter.Result, completed: !cancelled);
    }

    /// <summary>Weights, buffers and the touched rows of sparse tables as one array.</summary>
    internal static float[] Snapshot(ParameterBlock block, Module model)
    {
        int length = block.Values.Length + model.NamedBuffers().Sum(buffer => buffer.Value.Shape.Length) + block.Windows.Sum(window => window.Initial.Length), at = block.Values.Length;
        float[] values = new float[length];
        block.Values.CopyTo(values);
        foreach ((_, Tensor buffer) in model.NamedBuffers())
        {
            buffer.Span.CopyTo(values.AsSpan(at));
            at += buffer.Shape.Length;
        }

        foreach (RowWindow window in block.Windows)
        {
            window.CopyTouched(values.AsSpan(at));
            at += window.Initial.Length;
        }

        return values;
    }

    private void Restore(ParameterBlock block, TrainingState state)
    {
        float[] snapshot = state.BestValues!;
        int at = block.Values.Length;
        snapshot.AsSpan(0, at).CopyTo(block.Values);
        foreach ((_, Tensor buffer) in _model.NamedBuffers())
        {
            snapshot.AsSpan(at, buffer.Shape.Length).CopyTo(buffer.Span);
            at += buffer.Shape.Length;
        }

        for (int i = 0; i < block.Windows.Length; i++)
        {
            int length = (int)state.BestTouched[i];
            block.Windows[i].Restore(snapshot.AsSpan(at, length));
            at += length;
        }
    }

    private ParameterBlock Pack(Dataset train)
    {
        int[] probe = [.. Enumerable.Range(0, Math.Min(2, train.Rows))];
        _model.Evaluate();
        RowWindow[] windows = OpenWindows();
        foreach (RowWindow window in windows) window.Begin();
        HashSet<string> shared;
        using (new Tape()) shared = TrainingStep.FindShared(_model, train.Gather(probe));

        // What the probe touched is not training.
        OpenWindows();
        if (Regularizer is not null && _model.SharedRepresentation.IsEmpty) throw new TrainingException($"regulariser '{Regularizer.Name}' needs a representation that every task's head reads, and {_model.GetType().Name} offers none; choose a model with a shared trunk, such as shared-bottom.");
        var block = new ParameterBlock(_model, shared, Balancer.Learnable.Length);
        Balancer.Learnable.CopyTo(block.Values[block.LearnableOffset..]);
        return block;
    }

    /// <summary>Room for the rows that one step touches in every sparse table.</summary>
    private RowWindow[] OpenWindows()
    {
        // Steps of several batches look at three; one leftover row joins a batch.
        int batches = (Balancer.Needs & (BalancerNeeds.ThreeBatches | BalancerNeeds.Bilevel)) == 0 ? 1 : 3, rows = batches * (Options.BatchSize + 1);
        var windows = new List<RowWindow>();
        foreach (Module module in _model.Descend())
        {
            if (module is not Embedding { Weight: { Window: { } window, Trainable: true } } table) continue;
            window.Open((int)Math.Min(table.Count, (long)rows * table.LookupsPerRow));
            windows.Add(window);
        }

        return [.. windows];
    }

    private void Step(TrainingStep step, Dataset train, BatchOrder order, TrainingState state, ParameterBlock block, RandomStream dropout, RandomStream draws)
    {
        // Every step owns a range of the streams, so that resuming needs the step number only.
        dropout.Position = (ulong)state.Steps << 32;
        draws.Position = (ulong)state.Steps << 32;
        bool look = Options.ConflictSamples > 0 && state.StepInEpoch % Math.Max(1, order.Steps / Options.ConflictSamples) == 0;
        double factor = Schedule.Factor(state.Steps, (long)Options.Epochs * order.Steps);
        var context = new StepContext
        {
            Data = train,
            Order = order,
            Index = state.StepInEpoch,
            Epoch = state.Epoch,
            Step = state.Steps,
            LearningRate = Optimizer.LearningRate * factor,
            Random = draws,
            Conflicts = look ? [state.Conflicts, state.EpochConflicts] : default,
        };
        foreach (RowWindow window in block.Windows) window.Begin();
        bool moved;
        try
        {
            moved = step.Run(context);
        }
        catch
        {
            // Otherwise the model would go on looking up in what is left of the step.
            EndWindows(block, moved: false);
            throw;
        }

        if (moved)
        {
            OnStep?.Invoke(new StepRecord { Epoch = state.Epoch, Step = state.Steps, Active = step.Active, Losses = step.Values, Weights = step.Weights, Gramian = step.Gramian, Status = step.Status, Flat = step.Flat, Regularizer = Regularizer is null ? default : Regularizer.Values });
            Span<float> gradient = step.Gradient;
            Balancer.LearnableGradient.CopyTo(gradient[block.LearnableOffset..]);
            double clipping = Options.ClipNorm > 0 ? GradientClipping.Factor(GradientClipping.Norm(gradient), Options.ClipNorm) : 1;
            foreach (RowWindow window in block.Windows) window.LoadMemory();
            Optimizer.Step(block.Values, gradient, factor, clipping);
            EndWindows(block, moved);
            block.Values[block.LearnableOffset..].CopyTo(Balancer.Learnable);
            state.Average?.Update(block.Values);
            state.Add(step);
            if (Regularizer is not null) state.AddTerms(Regularizer.Values);
            step.LookBack(context);
        }
        else EndWindows(block, moved);

        state.Steps++;
        state.StepInEpoch++;
    }

    private static void EndWindows(ParameterBlock block, bool moved)
    {
        foreach (RowWindow window in block.Windows) window.End(moved);
    }

    private EpochRecord EndEpoch(TrainingState state, ParameterBlock block, Balancer? flat, Dataset? validation, int stepsPerEpoch)
    {
        _model.Evaluate();
        ExchangeAverage(state, block);
        IReadOnlyList<TaskScore> scores = validation is null ? [] : Evaluation.Score(_model, validation);
        double score = scores.Count == 0 ? double.NaN : Evaluation.MeanUtility(scores);
        double[] losses = state.MeanLosses, sharpness = FlatRegions is { Rho: > 0 } ? state.MeanSharpness : [];
        Balancer.EndEpoch(state.Epoch, losses);
        flat?.EndEpoch(state.Epoch, [.. losses.Zip(sharpness, (loss, rise) => loss + rise)]);
        var record = new EpochRecord(
            state.Epoch,
            state.Steps,
            Optimizer.LearningRate * Schedule.Factor(state.Steps - 1, (long)Options.Epochs * stepsPerEpoch),
            losses,
            state.MeanWeights,
            scores,
            score,
            state.EpochConflicts.ConflictRate)
        {
            Statuses = SolverStatuses.Of(state.Statuses),
            Sharpness = sharpness,
            Regularizer = TermMeans(state),
        };
        state.History.Add(record);

        // While no score was ever defined (no validation set, or none of its labels), the latest weights are the best ones.
        bool better = state.BestEpoch < 0 || score > state.BestScore || (double.IsNaN(score) && double.IsNegativeInfinity(state.BestScore));
        if (better)
        {
            state.BestEpoch = state.Epoch;
            state.BestScore = double.IsNaN(score) ? double.NegativeInfinity : score;
            if (validation is not null)
            {
                state.BestValues = Snapshot(block, _model);
                state.BestTouched = [.. block.Windows.Select(window => (long)window.Initial.Length)];
            }
        }

        ExchangeAverage(state, block);
        state.Epoch++;
        state.BeginEpoch();
        return record;
    }

    // The average is scored and kept; training goes on from the weights.
    private static void ExchangeAverage(TrainingState state, ParameterBlock block)
    {
        if (state.Average is { Updates: > 0 } average) average.Swap(block.Values);
    }

    // Worked out anew after a resume, so that a finished fit goes on when it is given more epochs.
    private bool IsFinished(TrainingState state)
        => state.Epoch >= Options.Epochs || (state.Epoch > 0 && Options.Patience > 0 && state.Epoch - 1 - state.BestEpoch >= Options.Patience);

    private Dictionary<string, double> TermMeans(TrainingState state)
        => new((Regularizer?.Terms ?? []).Zip(state.MeanTerms, KeyValuePair.Create), StringComparer.Ordinal);

    private static FitResult Result(TrainingState state, ParameterBlock block, StepMemory? memory, bool completed) => new()
    {
        History = state.History,
        BestEpoch = state.BestEpoch,
        Completed = completed,
        Conflicts = state.Conflicts,
        Seconds = state.Seconds,
        RowsPerSecond = state.Rows / Math.Max(1e-9, state.Seconds),
        SharedParameters = block.Layout.SharedCount,
        Memory = memory,
    };
}
