using Polymath.Tensors;

namespace Polymath.Learning.Losses;

/// <summary>
/// Negative Poisson log-likelihood of a log rate o and a count y, without the term that does not depend on o: e^o - y o. With
/// <see cref="Full"/>, Stirling's y ln y - y + ln(2 pi y) / 2 is added for y &gt; 1, as in torch.
/// </summary>
/// <remarks>Above o = 30 the exponential goes on as its tangent, so that one diverging output gives a large loss and not infinity.</remarks>
/// <example><code>
/// float value = new Poisson().Mean(Tensor.Zeros(1, 1), [2f], out _).Item();   // e^0 - 2 * 0 = 1
/// </code></example>
public sealed class Poisson : Loss
{
    private const float Largest = 30f;

    /// <summary>A Poisson loss.</summary>
    /// <param name="full">Whether to add Stirling's approximation of ln y!.</param>
    public Poisson(bool full = false) => Full = full;

    /// <summary>Whether Stirling's approximation of ln y! is added.</summary>
    public bool Full { get; }

    /// <inheritdoc/>
    public override string Name => "poisson";

    /// <inheritdoc/>
    public override IReadOnlyList<TaskKind> Kinds => [TaskKind.Count];

    /// <inheritdoc/>
    public override Tensor PerRow(Tensor output, Tensor labels)
    {
        Tensor o = output.Reshape(labels.Shape);
        Tensor low = o.Clamp(float.MinValue, Largest);
        Tensor loss = (low.Exp() * ((o - low) + 1f)) - (labels * o);
        return Full ? loss + Stirling(labels) : loss;
    }

    /// <inheritdoc/>
    protected override void RequireLabel(float label, int row, int outputs)
    {
        if (!(label >= 0f) || !float.IsFinite(label)) throw new LabelException(Name, row, label, "a count of 0 or more, or NaN when not observed");
    }

    private static Tensor Stirling(Tensor labels)
    {
        Tensor result = Tensor.Zeros(labels.Shape);
        ReadOnlySpan<float> counts = labels.Span;
        Span<float> values = result.Span;
        for (int i = 0; i < values.Length; i++)
        {
            double y = counts[i];
            if (y > 1) values[i] = (float)((y * Math.Log(y)) - y + (0.5 * Math.Log(2 * Math.PI * y)));
        }

        return result;
    }
}
