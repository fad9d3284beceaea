using Polymath.Merging.TaskVectors;
using Polymath.Tensors;

namespace Polymath.Merging;

/// <summary>The probe as something to lower, and to measure a point by.</summary>
internal sealed class ProbeLoss : ICoefficientLoss
{
    private readonly IReadOnlyList<ProbeTask> _tasks;
    private readonly SelfPositioningOptions _options;
    private readonly RowSampler[] _samplers;
    private int _current;

    public ProbeLoss(IReadOnlyList<ProbeTask> tasks, SelfPositioningOptions options)
    {
        (_tasks, _options) = (tasks, options);
        RandomStream random = new RandomStream(options.Seed).Derive("probe.order");
        _samplers = [.. tasks.Select((task, t) => new RowSampler(task.Rows, options.Shuffle ? random.Derive((ulong)t) : null))];
        Scales = new double[tasks.Count];
        Array.Fill(Scales, 1);
    }

    public int Count => _options.PerTaskBatches ? 1 : _tasks.Count;

    /// <summary>What each task's loss is multiplied by.</summary>
    public double[] Scales { get; }

    public int Record(int step, Span<Tensor> losses, Span<double> weights)
    {
        if (_options.PerTaskBatches)
        {
            _current = step % _tasks.Count;
            losses[0] = _tasks[_current].Loss(Batch(_current));
            weights[0] = Scales[_current];
            return 1;
        }

        for (int t = 0; t < losses.Length; t++)
        {
            losses[t] = _tasks[t].Loss(Batch(t));
            weights[t] = Scales[t] / losses.Length;
        }

        return losses.Length;
    }

    public string Describe(int loss) => $"task '{_tasks[_options.PerTaskBatches ? _current : loss].Name}'";

    /// <summary>Each task's mean loss over its held-out examples, in batches that are the same for every point.</summary>
    public double[] Measure(TaskVectorSpace space, ReadOnlySpan<float> coefficients)
    {
        space.Compose(coefficients);
        using var tape = new Tape();
        using Tape.NoGradientScope quiet = Tape.NoGradient();
        double[] means = new double[_tasks.Count];
        for (int t = 0; t < means.Length; t++)
        {
            (int rows, RowForward loss) = _tasks[t].Validation ?? (_tasks[t].Rows, _tasks[t].Loss);
            int batch = Math.Min(rows, _options.BatchSize), batches = rows / batch;
            for (int b = 0; b < batches; b++, tape.Reset())
            {
                means[t] += loss([.. Enumerable.Range(b * batch, batch)]).Item() / batches;
            }

            if (!double.IsFinite(means[t])) throw new MergeException($"task '{_tasks[t].Name}': the probe loss is {means[t]}, expected a finite number; look at its examples.");
        }

        return means;
    }

    /// <summary>A full batch: what a pass leaves over is too small to compare and is left out.</summary>
    private ReadOnlySpan<int> Batch(int task)
    {
        ReadOnlySpan<int> rows = _samplers[task].Next(_options.BatchSize);
        if (rows.Length == _options.BatchSize) return rows;
        _samplers[task].Restart();
        return _samplers[task].Next(_options.BatchSize);
    }
}
