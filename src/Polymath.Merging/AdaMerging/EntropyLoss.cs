using Polymath.Merging.TaskVectors;
using Polymath.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Polymath.Merging;

/// <summary>The sum over tasks and batches of the mean entropy of the predictions, and a watch on classes that swallow a batch.</summary>
internal sealed class EntropyLoss : ICoefficientLoss
{
    private readonly IReadOnlyList<UnlabeledTask> _tasks;
    private readonly AdaMergingOptions _options;
    private readonly RowSampler[] _samplers;
    private readonly int[] _owners, _batches, _collapsed, _firstCollapse;
    private int[] _histogram = [];

    public EntropyLoss(IReadOnlyList<UnlabeledTask> tasks, AdaMergingOptions options)
    {
        (_tasks, _options) = (tasks, options);
        RandomStream random = new RandomStream(options.Seed).Derive("adamerging");
        _samplers = [.. tasks.Select(task => new RowSampler(task.Rows, options.Shuffle ? random.Derive(task.Name) : null))];
        _owners = new int[Count];
        (_batches, _collapsed, _firstCollapse) = (new int[tasks.Count], new int[tasks.Count], new int[tasks.Count]);
    }

    public int Count => _tasks.Count * _options.BatchesPerStep;

    public string Describe(int loss) => $"task '{_tasks[_owners[loss]].Name}'";

    public int Record(int step, Span<Tensor> losses, Span<double> weights)
    {
        int count = 0;
        for (int t = 0; t < _tasks.Count; t++)
        {
            UnlabeledTask task = _tasks[t];
            if (_options.Shuffle) _samplers[t].Restart();
            for (int b = 0, taken = 0; b < _options.BatchesPerStep && (taken < task.Rows || !_options.Shuffle); b++)
            {
                ReadOnlySpan<int> rows = _samplers[t].Next(_options.BatchSize);
                taken += rows.Length;
                _owners[count] = t;
                losses[count++] = task.Surrogate is { } surrogate ? surrogate(rows) : Entropy(step, t, rows);
            }
        }

        return count;
    }

    /// <summary>One sentence for each task of which one class took a batch.</summary>
    public IEnumerable<string> Warnings()
    {
        for (int t = 0; t < _tasks.Count; t++)
        {
            if (_collapsed[t] > 0)
                yield return $"task '{_tasks[t].Name}': one class took more than {_options.CollapseShare:P0} of {_collapsed[t]} of {_batches[t]} batches, first at step {_firstCollapse[t] + 1}; a constant prediction has little entropy too, so compare with the labels of a few inputs.";
        }
    }

    private Tensor Entropy(int step, int task, ReadOnlySpan<int> rows)
    {
        Tensor logits = RequireLogits(_tasks[task], rows);
        if (_histogram.Length < logits.Shape[1]) _histogram = new int[logits.Shape[1]];
        Array.Clear(_histogram);
        CountClasses(logits, _histogram);
        _batches[task]++;
        if (_histogram.Max() > _options.CollapseShare * rows.Length && _collapsed[task]++ == 0) _firstCollapse[task] = step;
        return PredictionEntropy.Mean(logits, _options.Entropy);
    }

    public static Tensor RequireLogits(UnlabeledTask task, ReadOnlySpan<int> rows)
    {
        Tensor logits = task.Logits(rows);
        if (logits.Shape.Rank != 2 || logits.Shape[0] != rows.Length) throw new MergeException($"task '{task.Name}': found logits of shape {logits.Shape} for {rows.Length} inputs, expected [{rows.Length}, classes].");
        if (logits.Shape[1] < 2) throw new MergeException($"task '{task.Name}': found one output, which has no entropy, expected the logits of 2 classes or more; give a surrogate loss for regression or generation.");
        return logits;
    }

    public static void CountClasses(Tensor logits, int[] histogram)
    {
        int classes = logits.Shape[1];
        ReadOnlySpan<float> values = logits.Span;
        for (int row = 0; row < logits.Shape[0]; row++) histogram[TensorPrimitives.IndexOfMax(values.Slice(row * classes, classes))]++;
    }
}
