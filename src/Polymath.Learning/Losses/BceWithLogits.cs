using Polymath.Tensors;

namespace Polymath.Learning.Losses;

/// <summary>
/// Binary cross-entropy of a logit x and a label y in {0, 1}: positiveWeight q softplus(-x) + (1 - q) softplus(x) with q = y (1 - s) + s / 2
/// for label smoothing s. Exact for any logit, since no probability is formed. The mean divides by the number of rows.
/// </summary>
/// <example><code>
/// Loss loss = new BceWithLogits(positiveWeight: 3f);
/// float value = loss.Mean(Tensor.FromArray([0f], 1, 1), [1f], out _).Item();   // 3 ln 2
/// </code></example>
public sealed class BceWithLogits : Loss
{
    /// <summary>A binary cross-entropy.</summary>
    /// <param name="positiveWeight">Factor on the loss of positive labels, more than 0 (torch: <c>pos_weight</c>).</param>
    /// <param name="labelSmoothing">s, in [0, 1): labels become s / 2 and 1 - s / 2.</param>
    public BceWithLogits(float positiveWeight = 1f, float labelSmoothing = 0f)
    {
        LossOptions.RequirePositive(positiveWeight, nameof(positiveWeight));
        LossOptions.RequireSmoothing(labelSmoothing, nameof(labelSmoothing));
        PositiveWeight = positiveWeight;
        LabelSmoothing = labelSmoothing;
    }

    /// <summary>Factor on the loss of positive labels.</summary>
    public float PositiveWeight { get; }

    /// <summary>Label smoothing s.</summary>
    public float LabelSmoothing { get; }

    /// <inheritdoc/>
    public override string Name => "bce";

    /// <inheritdoc/>
    public override IReadOnlyList<TaskKind> Kinds => [TaskKind.Binary];

    /// <inheritdoc/>
    public override Tensor PerRow(Tensor output, Tensor labels) => Fused.BinaryCrossEntropy(output.Reshape(labels.Shape), labels, PositiveWeight, LabelSmoothing);

    /// <inheritdoc/>
    protected override bool LeavesOutUnobserved => true;

    /// <inheritdoc/>
    protected override void RequireLabel(float label, int row, int outputs)
    {
        if (label is not (0f or 1f)) throw new LabelException(Name, row, label, "0 or 1, or NaN when not observed");
    }
}
