using Polymath.Tensors;

namespace Polymath.Learning.Losses;

/// <summary>A loss of one task. Rows whose label is NaN do not count: the value is the mean over observed rows.</summary>
public abstract class Loss
{
    /// <summary>The registry name ("bce", "mse").</summary>
    public abstract string Name { get; }

    /// <summary>The loss of every row.</summary>
    /// <param name="output">The model's output, <c>[rows, outputs]</c>.</param>
    /// <param name="labels">Labels, <c>[rows]</c>; unobserved ones have been replaced by 0.</param>
    /// <returns>Shape <c>[rows]</c>.</returns>
    public abstract Tensor PerRow(Tensor output, Tensor labels);

    /// <summary>The mean loss over the rows with a label; zero without gradient when there are none.</summary>
    /// <param name="output">The model's output, <c>[rows, outputs]</c>.</param>
    /// <param name="labels">Labels with NaN where unobserved, <c>[rows]</c>.</param>
    /// <param name="observed">Number of rows with a label.</param>
    /// <returns>A scalar.</returns>
    public Tensor Mean(Tensor output, ReadOnlySpan<float> labels, out int observed)
    {
        if (output.Shape.Rank != 2 || output.Shape[0] != labels.Length) throw new TensorException($"{Name} loss: found output {output.Shape} for {labels.Length} labels, expected [{labels.Length}, outputs].");
        Tensor clean = Tensor.Zeros(labels.Length), mask = Tensor.Zeros(labels.Length);
        observed = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            if (float.IsNaN(labels[i])) continue;
            clean.Span[i] = labels[i];
            mask.Span[i] = 1f;
            observed++;
        }

        if (observed == 0) return (output * 0f).Sum();
        Tensor rows = PerRow(output, clean);
        return observed == labels.Length ? rows.Mean() : (rows * mask).Sum() * (1f / observed);
    }
}
