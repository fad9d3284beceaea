using Polymath.Tensors;

namespace Polymath.Learning.Losses;

/// <summary>|o - y| of an output o and a label y; the gradient is 0 where they are equal.</summary>
/// <example><code>
/// float value = new MeanAbsoluteError().Mean(Tensor.FromArray([1f, 4f], 2, 1), [0f, 2f], out _).Item();   // (1 + 2) / 2
/// </code></example>
public sealed class MeanAbsoluteError : Loss
{
    /// <inheritdoc/>
    public override string Name => "mae";

    /// <inheritdoc/>
    public override IReadOnlyList<TaskKind> Kinds => [TaskKind.Regression];

    /// <inheritdoc/>
    public override Tensor PerRow(Tensor output, Tensor labels) => (output.Reshape(labels.Shape) - labels).Abs();
}
