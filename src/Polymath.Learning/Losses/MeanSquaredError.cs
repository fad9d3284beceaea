using Polymath.Tensors;

namespace Polymath.Learning.Losses;

/// <summary>(o - y)^2 of an output o and a label y.</summary>
/// <example><code>
/// float value = new MeanSquaredError().Mean(Tensor.FromArray([1f, 4f], 2, 1), [0f, 2f], out _).Item();   // (1 + 4) / 2
/// </code></example>
public sealed class MeanSquaredError : Loss
{
    /// <inheritdoc/>
    public override string Name => "mse";

    /// <inheritdoc/>
    public override IReadOnlyList<TaskKind> Kinds => [TaskKind.Regression];

    /// <inheritdoc/>
    public override Tensor PerRow(Tensor output, Tensor labels) => (output.Reshape(labels.Shape) - labels).Pow(2f);
}
