using Polymath.Merging.TaskVectors;
using Polymath.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Polymath.Merging;

/// <summary>A task's labelled rows as a loss of the network that is being merged, with its frozen head inside.</summary>
/// <param name="Name">The task.</param>
/// <param name="Rows">How many rows there are to learn from, at least 1.</param>
/// <param name="Loss">The mean loss of some rows, one element.</param>
/// <example><code>
/// SupervisedTask digits = SupervisedTask.Classification("digits", labels, rows => head.Forward(encoder.Forward(inputs.GatherRows(IndexTensor.FromArray(rows)))));
/// </code></example>
public sealed record SupervisedTask(string Name, int Rows, RowForward Loss)
{
    private const int EvaluationRows = 256;

    /// <summary>How good the network is as it stands, higher is better: the accuracy on a split for selection. Null for minus the mean loss of the rows to learn from.</summary>
    public Func<double>? Score { get; init; }

    /// <summary>The score of the task's own fine-tune, by which scores are divided before they are averaged over tasks. Default: 1.</summary>
    public double Reference { get; init; } = 1;

    /// <summary>The class of each row, which choosing shots needs; null when there are none.</summary>
    public IReadOnlyList<int>? Labels { get; init; }

    /// <summary>A classification task with the cross-entropy as its loss and the accuracy on the same rows as its score.</summary>
    /// <param name="name">The task.</param>
    /// <param name="labels">The class of each row, from 0.</param>
    /// <param name="logits">The logits <c>[rows, classes]</c> of some rows.</param>
    public static SupervisedTask Classification(string name, IReadOnlyList<int> labels, RowForward logits)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(logits);
        return new(name, labels.Count, rows =>
        {
            Tensor targets = Tensor.Zeros(rows.Length);
            for (int i = 0; i < rows.Length; i++) targets.Span[i] = labels[rows[i]];
            return Fused.SoftmaxCrossEntropy(logits(rows), targets).Mean();
        })
        {
            Labels = labels,
            Score = () => Accuracy(labels, logits),
        };
    }

    /// <summary>The share of rows whose largest logit is that of their class, with the weights that the network holds.</summary>
    /// <param name="labels">The class of each row.</param>
    /// <param name="logits">The logits <c>[rows, classes]</c> of some rows.</param>
    /// <returns>In [0, 1]; NaN without rows.</returns>
    public static double Accuracy(IReadOnlyList<int> labels, RowForward logits)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(logits);
        int right = 0;
        ForEachBatch(labels.Count, rows =>
        {
            Tensor scores = logits(rows);
            int classes = scores.Shape[1];
            for (int i = 0; i < rows.Length; i++) right += TensorPrimitives.IndexOfMax<float>(scores.Span.Slice(i * classes, classes)) == labels[rows[i]] ? 1 : 0;
        });
        return (double)right / labels.Count;
    }

    /// <summary>The score as the network stands.</summary>
    internal double Evaluate()
    {
        double score = Score?.Invoke() ?? -MeanLoss();
        return double.IsNaN(score) ? throw new MergeException($"task '{Name}': the score is not a number, expected a share or a loss; look at its rows.") : score;
    }

    /// <exception cref="MergeException">There are no rows.</exception>
    internal void Validate()
    {
        if (Rows < 1) throw new MergeException($"task '{Name}': there are {Rows} rows to learn from, expected at least 1.");
        if (!(Reference > 0)) throw new MergeException($"task '{Name}': found the reference score {Reference}, expected more than 0.");
    }

    private static void ForEachBatch(int count, Action<int[]> run)
    {
        using var tape = new Tape();
        using Tape.NoGradientScope quiet = Tape.NoGradient();
        for (int start = 0; start < count; start += EvaluationRows, tape.Reset()) run([.. Enumerable.Range(start, Math.Min(EvaluationRows, count - start))]);
    }

    private double MeanLoss()
    {
        double sum = 0;
        ForEachBatch(Rows, rows => sum += (double)Loss(rows).Item() * rows.Length);
        return sum / Rows;
    }
}
