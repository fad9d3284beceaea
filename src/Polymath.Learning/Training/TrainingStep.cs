using Polymath.Learning.Balancing;
using Polymath.Learning.Losses;
using Polymath.Tensors;

namespace Polymath.Learning.Training;

/// <summary>
/// One step: forward, the losses as a vector, as much of their gradients as the balancer needs, and the flat gradient it makes of
/// them. Tasks without a label in the batch are absent: no loss, no row, no weight.
/// </summary>
internal sealed class TrainingStep : IDisposable
{
    private readonly MultiTaskModel _model;
    private readonly Balancer _balancer;
    private readonly ParameterLayout _layout;
    private readonly Loss[] _losses;
    private readonly Tensor[] _outputs, _active;
    private readonly int[] _activeTasks;
    private readonly float[] _values;
    private readonly double[] _weights;
    private readonly int[] _observed;
    private readonly StepGradients _gradients;
    private readonly Dictionary<int, Batch> _batches = [];
    private readonly Tape _tape = new();
    private float[] _labels = [];

    public TrainingStep(MultiTaskModel model, Balancer balancer, ParameterLayout layout, Loss[] losses, TrainerOptions options)
    {
        int tasks = model.Tasks.Count;
        (_model, _balancer, _layout, _losses) = (model, balancer, layout, losses);
        _outputs = new Tensor[tasks];
        _active = new Tensor[tasks];
        _activeTasks = new int[tasks];
        _values = new float[tasks];
        _weights = new double[tasks];
        _observed = new int[tasks];
        _gradients = new StepGradients(_tape, layout, tasks, balancer, options);
    }

    /// <summary>The combined gradient of all parameters, in block order, and room for that of what the balancer learns.</summary>
    public Span<float> Gradient => _gradients.Combined;

    /// <summary>Number of tasks with labels in the last batch.</summary>
    public int Present { get; private set; }

    public ReadOnlySpan<int> Active => _activeTasks.AsSpan(0, Present);

    public ReadOnlySpan<float> Values => _values.AsSpan(0, Present);

    public ReadOnlySpan<double> Weights => _weights.AsSpan(0, Present);

    /// <summary>Labelled rows of each present task.</summary>
    public ReadOnlySpan<int> Observed => _observed.AsSpan(0, Present);

    /// <summary>Inner products of the last batch's gradients; empty when they were not computed.</summary>
    public ReadOnlySpan<double> Gramian => _gradients.Gramian;

    /// <summary>Bytes of flat gradients held: the combined one, and the rows of the tasks or what stands in for them.</summary>
    public long GradientBytes => _gradients.Bytes;

    /// <summary>How the balancer's rule ended.</summary>
    public BalanceStatus Status { get; private set; }

    /// <summary>Which parameters are reached by more than one task, found on a first batch.</summary>
    public static HashSet<string> FindShared(MultiTaskModel model, Batch batch)
    {
        using var tape = new Tape();
        var outputs = new Tensor[model.Tasks.Count];
        model.Forward(batch, outputs);
        KeyValuePair<string, Parameter>[] parameters = [.. model.NamedParameters()];
        var sums = new Tensor[outputs.Length];
        for (int k = 0; k < sums.Length; k++) sums[k] = outputs[k].Sum();
        Tensor[] leaves = [.. parameters.Select(entry => entry.Value.Value)];
        bool[,] reach = tape.Reach(sums, leaves);
        var shared = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < parameters.Length; i++)
        {
            int reached = 0;
            for (int k = 0; k < sums.Length; k++) reached += reach[k, i] ? 1 : 0;
            if (reached != 1 || sums.Length == 1) shared.Add(parameters[i].Key);
        }

        return shared;
    }

    /// <summary>Computes losses and gradient; false when no task has a label in this batch.</summary>
    /// <param name="data">The training rows.</param>
    /// <param name="rows">The rows of this batch.</param>
    /// <param name="epoch">Zero-based epoch.</param>
    /// <param name="step">Optimiser step since the start.</param>
    /// <param name="random">The balancer's stream.</param>
    /// <param name="conflicts">Where to add the angles between the tasks' gradients; null to skip them.</param>
    public bool Run(Dataset data, ReadOnlySpan<int> rows, int epoch, long step, RandomStream random, ReadOnlySpan<ConflictStatistics> conflicts)
    {
        _tape.Reset();
        Batch batch = data.Gather(rows, _batches.GetValueOrDefault(rows.Length));
        _batches[rows.Length] = batch;
        _model.Forward(batch, _outputs);
        CollectLosses(batch, epoch, step);
        if (Present == 0) return false;

        bool look = conflicts.Length > 0 && Present > 1;
        _gradients.Sweep(_active.AsSpan(0, Present), batch.Rows, look);
        if (look)
        {
            foreach (ConflictStatistics statistics in conflicts) statistics.Add(Gramian, Active);
        }

        var input = new BalanceInput
        {
            Tasks = Present,
            TotalTasks = _model.Tasks.Count,
            Active = Active,
            Losses = Values,
            Gramian = _gradients.BalancerReadsGramian ? Gramian : default,
            Epoch = epoch,
            Step = step,
            Random = random,
        };
        try
        {
            Status = _gradients.Combine(input, _active.AsSpan(0, Present), _weights.AsSpan(0, Present));
        }
        catch (BalancerException exception)
        {
            throw new TrainingException($"step {step} (epoch {epoch}){(exception.TaskIndex is { } task ? $", task '{_model.Tasks[task].Name}'" : string.Empty)}: {exception.Message}", exception);
        }

        if (!System.Numerics.Tensors.TensorPrimitives.IsFiniteAll<float>(Gradient[.._layout.Count])) throw new TrainingException($"the gradient is not finite at step {step} (epoch {epoch}) although every loss is; lower the learning rate or check the inputs for extreme values.");
        return true;
    }

    public void Dispose() => _tape.Dispose();

    private void CollectLosses(Batch batch, int epoch, long step)
    {
        int tasks = _losses.Length;
        if (_labels.Length < batch.Rows) _labels = new float[batch.Rows];
        ReadOnlySpan<float> targets = batch.Targets.Span;
        Present = 0;
        for (int k = 0; k < tasks; k++)
        {
            Span<float> labels = _labels.AsSpan(0, batch.Rows);
            for (int i = 0; i < labels.Length; i++) labels[i] = targets[(i * tasks) + k];
            Tensor loss = _losses[k].Mean(_outputs[k], labels, out int observed);
            if (observed == 0) continue;
            float value = loss.Item();
            if (!float.IsFinite(value)) throw new TrainingException($"the loss of task '{_model.Tasks[k].Name}' became {value} at step {step} (epoch {epoch}); lower the learning rate, clip gradients, or check its labels.");
            _active[Present] = loss;
            _activeTasks[Present] = k;
            _values[Present] = value;
            _observed[Present] = observed;
            Present++;
        }
    }
}
