using Polymath.Tensors;

namespace Polymath.Learning.Losses;

/// <summary>
/// A loss of one task: sum of the losses of the observed rows / sum of their weights. Rows whose label is NaN do not count, neither in the
/// value nor in the gradient: the result is that of a batch without them.
/// </summary>
/// <example><code>
/// Tensor output = Tensor.FromArray([0.2f, -1f, 3f], 3, 1);
/// Tensor loss = new BceWithLogits().Mean(output, [1f, 0f, float.NaN], out int observed);   // the mean over two rows
/// </code></example>
public abstract class Loss
{
    /// <summary>The registry name ("bce", "mse").</summary>
    public abstract string Name { get; }

    /// <summary>The kinds of task it can train.</summary>
    public abstract IReadOnlyList<TaskKind> Kinds { get; }

    /// <summary>The loss of every row.</summary>
    /// <param name="output">The model's output, <c>[rows, outputs]</c>.</param>
    /// <param name="labels">Labels, <c>[rows]</c>; unobserved ones have been replaced by 0, unless the loss <see cref="LeavesOutUnobserved"/>.</param>
    /// <returns>Shape <c>[rows]</c>.</returns>
    public abstract Tensor PerRow(Tensor output, Tensor labels);

    /// <summary>The mean loss over the rows with a label; zero without gradient when there are none.</summary>
    /// <param name="output">The model's output, <c>[rows, outputs]</c>.</param>
    /// <param name="labels">Labels with NaN where unobserved, <c>[rows]</c>.</param>
    /// <param name="observed">Number of rows with a label.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="TensorException">Output and labels do not fit each other or this loss.</exception>
    /// <exception cref="LabelException">A label is not one of this loss; the exception names its row and value.</exception>
    public Tensor Mean(Tensor output, ReadOnlySpan<float> labels, out int observed)
    {
        if (output.Shape.Rank != 2 || output.Shape[0] != labels.Length) throw new TensorException($"{Name} loss: found output {output.Shape} for {labels.Length} labels, expected [{labels.Length}, outputs].");
        int outputs = output.Shape[1];
        RequireOutputs(outputs);
        Tensor clean = Tensor.FromArray(labels, labels.Length);
        observed = 0;
        double weight = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            if (float.IsNaN(labels[i])) continue;
            RequireLabel(labels[i], i, outputs);
            weight += RowWeight(labels[i]);
            observed++;
        }

        // Rows of weight zero (a class of weight 0) have no loss either, so nothing is divided by zero.
        if (observed == 0 || weight == 0) return Tensor.Scalar(0f);
        float scale = (float)(1.0 / weight);
        if (observed == labels.Length || LeavesOutUnobserved) return PerRow(output, clean).Sum() * scale;

        Tensor mask = Tensor.Ones(labels.Length, 1);
        Span<float> values = clean.Span, seen = mask.Span;
        for (int i = 0; i < labels.Length; i++)
        {
            if (!float.IsNaN(labels[i])) continue;
            values[i] = 0f;
            seen[i] = 0f;
        }

        // Outputs of unobserved rows are replaced before the formula sees them: 0 times an infinite loss would be NaN.
        Tensor rows = PerRow(Tensor.Where(mask, output, Tensor.Scalar(0f)), clean);
        return (rows * mask.Reshape(labels.Length)).Sum() * scale;
    }

    /// <summary>Whether <see cref="PerRow"/> takes NaN for an unobserved label and gives that row neither value nor gradient.</summary>
    protected virtual bool LeavesOutUnobserved => false;

    /// <summary>What a row adds to the divisor of <see cref="Mean"/>: 1 unless classes have weights.</summary>
    /// <param name="label">The row's label.</param>
    protected virtual double RowWeight(float label) => 1;

    /// <summary>Throws unless the model has as many outputs as this loss reads; one unless overridden.</summary>
    /// <param name="outputs">Outputs per row.</param>
    protected virtual void RequireOutputs(int outputs)
    {
        if (outputs != 1) throw new TensorException($"{Name} loss: found {outputs} outputs per row, expected 1.");
    }

    /// <summary>Throws unless a label is one of this loss; any finite number unless overridden.</summary>
    /// <param name="label">The label, not NaN.</param>
    /// <param name="row">Its row in the batch.</param>
    /// <param name="outputs">Outputs per row.</param>
    protected virtual void RequireLabel(float label, int row, int outputs)
    {
        if (!float.IsFinite(label)) throw new LabelException(Name, row, label, "a finite number, or NaN when not observed");
    }
}
