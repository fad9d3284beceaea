using Polymath.Tensors;

namespace Polymath.Learning.Losses;

/// <summary>
/// (o - y)^2 / 2 where |o - y| is at most delta, else delta (|o - y| - delta / 2) (Huber 1964): a squared error that outliers pull with a
/// bounded force.
/// </summary>
/// <example><code>
/// float value = new Huber(delta: 1f).Mean(Tensor.FromArray([0.5f, 4f], 2, 1), [0f, 0f], out _).Item();   // (0.125 + 3.5) / 2
/// </code></example>
public sealed class Huber : Loss
{
    /// <summary>A Huber loss.</summary>
    /// <param name="delta">Where the parabola becomes a line, more than 0; in the units of the labels as trained.</param>
    public Huber(float delta = 1f)
    {
        LossOptions.RequirePositive(delta, nameof(delta));
        Delta = delta;
    }

    /// <summary>Where the parabola becomes a line.</summary>
    public float Delta { get; }

    /// <inheritdoc/>
    public override string Name => "huber";

    /// <inheritdoc/>
    public override IReadOnlyList<TaskKind> Kinds => [TaskKind.Regression];

    /// <inheritdoc/>
    public override Tensor PerRow(Tensor output, Tensor labels)
    {
        // With q = min(a, delta), q (a - q / 2) is both branches in one.
        Tensor distance = (output.Reshape(labels.Shape) - labels).Abs();
        Tensor near = distance.Clamp(0f, Delta);
        return near * (distance - (near * 0.5f));
    }
}
