using Polymath.Learning.Losses;
using Polymath.Tensors;

namespace Polymath.Learning.Training;

/// <summary>
/// One batch forward: the losses of the tasks that have labels in it, on a tape of its own. Tasks without a label are absent: no loss,
/// no row, no weight.
/// </summary>
internal sealed class BatchForward : IDisposable
{
    private readonly MultiTaskModel _model;
    private readonly Loss[] _losses;
    private readonly Tensor[] _outputs, _active;
    private readonly int[] _activeTasks, _observed;
    private readonly float[] _values;
    private readonly Dictionary<int, Batch> _batches = [];
    private float[] _labels = [];

    public BatchForward(MultiTaskModel model, Loss[] losses)
    {
        int tasks = model.Tasks.Count;
        (_model, _losses) = (model, losses);
        _outputs = new Tensor[tasks];
        _active = new Tensor[tasks];
        _activeTasks = new int[tasks];
        _observed = new int[tasks];
        _values = new float[tasks];
    }

    public Tape Tape { get; } = new();

    /// <summary>Number of tasks with labels in the last batch.</summary>
    public int Present { get; private set; }

    /// <summary>Rows of the last batch.</summary>
    public int Rows { get; private set; }

    public ReadOnlySpan<int> Active => _activeTasks.AsSpan(0, Present);

    /// <summary>[K'] the losses on the tape.</summary>
    public Span<Tensor> Losses => _active.AsSpan(0, Present);

    public ReadOnlySpan<float> Values => _values.AsSpan(0, Present);

    /// <summary>Labelled rows of each present task.</summary>
    public ReadOnlySpan<int> Observed => _observed.AsSpan(0, Present);

    /// <summary>Forgets the last batch and runs another.</summary>
    /// <param name="data">The training rows.</param>
    /// <param name="rows">The rows of this batch.</param>
    /// <param name="epoch">Zero-based epoch, for messages.</param>
    /// <param name="step">Optimiser step since the start, for messages.</param>
    /// <param name="what">What is being computed, for messages: empty for the ordinary loss.</param>
    /// <param name="mayDiverge">Whether a loss that is not finite is left to the caller, as at parameters that are only tried out.</param>
    /// <exception cref="TrainingException">A loss is not finite; the task is named.</exception>
    public void Run(Dataset data, ReadOnlySpan<int> rows, int epoch, long step, string what = "", bool mayDiverge = false)
    {
        Batch batch = Gather(data, rows);
        Rows = batch.Rows;
        _model.Forward(batch, _outputs);
        Present = 0;
        for (int k = 0; k < _losses.Length; k++)
        {
            Tensor loss = LossOf(k, batch, out int observed);
            if (observed == 0) continue;
            float value = loss.Item();
            if (!float.IsFinite(value) && !mayDiverge) throw new TrainingException($"the {what}loss of task '{_model.Tasks[k].Name}' became {value} at step {step} (epoch {epoch}); lower the learning rate, clip gradients, or check its labels.");
            _active[Present] = loss;
            _activeTasks[Present] = k;
            _values[Present] = value;
            _observed[Present] = observed;
            Present++;
        }
    }

    /// <summary>
    /// Runs a batch for one task only, at other parameters for example. What the last <see cref="Run"/> reported stays as it is; its losses
    /// are no longer on the tape.
    /// </summary>
    /// <param name="task">Position in the task set; has a label in these rows.</param>
    /// <param name="data">The training rows.</param>
    /// <param name="rows">The rows of this batch.</param>
    /// <returns>The loss, on the tape; may be anything but finite.</returns>
    public Tensor RunTask(int task, Dataset data, ReadOnlySpan<int> rows)
    {
        Batch batch = Gather(data, rows);
        _model.Forward(batch, _outputs);
        return LossOf(task, batch, out _);
    }

    /// <summary>Keeps only the losses of some of the tasks present.</summary>
    /// <param name="tasks">Their positions in the task set, increasing.</param>
    public void Keep(ReadOnlySpan<int> tasks)
    {
        int kept = 0;
        for (int i = 0; i < Present; i++)
        {
            if (tasks.IndexOf(_activeTasks[i]) < 0) continue;
            (_active[kept], _activeTasks[kept], _values[kept], _observed[kept]) = (_active[i], _activeTasks[i], _values[i], _observed[i]);
            kept++;
        }

        Present = kept;
    }

    public void Dispose() => Tape.Dispose();

    private Batch Gather(Dataset data, ReadOnlySpan<int> rows)
    {
        Tape.Reset();
        Batch batch = data.Gather(rows, _batches.GetValueOrDefault(rows.Length));
        _batches[rows.Length] = batch;
        return batch;
    }

    private Tensor LossOf(int task, Batch batch, out int observed)
    {
        if (_labels.Length < batch.Rows) _labels = new float[batch.Rows];
        Span<float> labels = _labels.AsSpan(0, batch.Rows);
        ReadOnlySpan<float> targets = batch.Targets.Span;
        for (int i = 0; i < labels.Length; i++) labels[i] = targets[(i * _losses.Length) + task];
        return _losses[task].Mean(_outputs[task], labels, out observed);
    }
}
