using Polymath.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Polymath.Merging;

/// <summary>
/// Unsupervised FixMatch (Zhang et al. 2024, section 5.2): the prediction on the plain view is the soft target of the distorted view; trusted rows have their
/// first label as target, and only rows with a sure target count: sum w ce / sum w with w = [max target > threshold].
/// </summary>
/// <example><code>
/// Tensor loss = UfmLoss.Forward(weakLogits, strongLogits, labels, trusted, threshold: 0.99f);   // empty when no row is sure
/// </code></example>
public static class UfmLoss
{
    /// <summary>The loss of a batch.</summary>
    /// <param name="weak">Logits of the plain view, <c>[rows, classes]</c>; no gradient goes there.</param>
    /// <param name="strong">Logits of the distorted view, <c>[rows, classes]</c>.</param>
    /// <param name="labels">The first label of each row, <c>[rows, classes]</c> with one 1 in each row.</param>
    /// <param name="trusted">Whether that label is the target, one for each row.</param>
    /// <param name="threshold">How sure a target has to be, in [0, 1).</param>
    /// <returns>One element, or an empty tensor when no row counts.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor Forward(Tensor weak, Tensor strong, ReadOnlySpan<float> labels, ReadOnlySpan<bool> trusted, float threshold = 0.99f)
    {
        if (weak.Shape != strong.Shape || weak.Shape.Rank != 2 || labels.Length != weak.Shape.Length || trusted.Length != weak.Shape[0])
            throw new ArgumentException($"UfmLoss: found logits {weak.Shape} and {strong.Shape} with {labels.Length} label entries and {trusted.Length} trusted rows, expected [rows, classes] of both.", nameof(strong));
        int rows = weak.Shape[0], classes = weak.Shape[1], kept = 0;
        Tensor targets = weak.Detach().Softmax();
        Span<float> values = targets.Span;
        for (int row = 0; row < rows; row++)
        {
            Span<float> target = values.Slice(row * classes, classes);
            if (trusted[row]) labels.Slice(row * classes, classes).CopyTo(target);
            if (TensorPrimitives.Max<float>(target) > threshold) kept++;
            else target.Clear();
        }

        return kept == 0 ? default : (targets * strong.LogSoftmax()).Sum() * (-1f / kept);
    }
}
