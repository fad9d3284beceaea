using System.Globalization;

namespace Polymath.Learning.Optimization;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter 2019): p *= 1 - lr decay, then the step of <see cref="Adam"/> with the bare gradient.
/// </summary>
/// <example><code>
/// Optimizer optimizer = new AdamW(1e-3, weightDecay: 0.05);
/// </code></example>
public sealed class AdamW : Optimizer
{
    private readonly AdamMoments _moments;

    /// <summary>An optimiser.</summary>
    /// <param name="learningRate">The base rate, 0 or more.</param>
    /// <param name="beta1">Decay of the mean of gradients, in [0, 1).</param>
    /// <param name="beta2">Decay of the mean of squared gradients, in [0, 1).</param>
    /// <param name="epsilon">Added to the root, more than 0.</param>
    /// <param name="weightDecay">Share of the parameter taken per unit of learning rate, 0 or more.</param>
    public AdamW(double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 1e-2)
        : base(learningRate, weightDecay)
        => _moments = new AdamMoments(RequireShare(beta1, nameof(beta1)), RequireShare(beta2, nameof(beta2)), epsilon);

    /// <summary>Decay of the mean of gradients.</summary>
    public double Beta1 => _moments.Beta1;

    /// <summary>Decay of the mean of squared gradients.</summary>
    public double Beta2 => _moments.Beta2;

    /// <summary>Added to the root.</summary>
    public double Epsilon => _moments.Epsilon;

    /// <inheritdoc/>
    public override string Name => string.Create(CultureInfo.InvariantCulture, $"adamw:beta1={Beta1},beta2={Beta2},epsilon={Epsilon},weight_decay={WeightDecay}");

    /// <inheritdoc/>
    public override IEnumerable<(string Name, float[] Values)> State => _moments.State;

    /// <inheritdoc/>
    protected override void Allocate(int count) => _moments.Allocate(count);

    /// <inheritdoc/>
    protected override void Update(Span<float> parameters, ReadOnlySpan<float> gradients, int start, double rate, double weightDecay, float scale)
        => _moments.Update(parameters, gradients, start, Steps, rate, scale, addedDecay: 0, keptShare: 1 - (rate * weightDecay));
}
