using Polymath.Tensors;

namespace Polymath.Learning;

/// <summary>
/// Batch normalisation of features (Ioffe and Szegedy 2015): y = (x - mean) / sqrt(var + eps) * weight + bias, in training with the mean and
/// biased variance of the batch, else with the running ones. Parameters <c>weight</c> (ones), <c>bias</c> (zeros); buffers
/// <c>running_mean</c> (zeros), <c>running_var</c> (ones), all <c>[features]</c>.
/// </summary>
/// <remarks>
/// After a training batch: running = (1 - momentum) running + momentum batch, where the variance that enters is the UNBIASED one (divided by
/// rows - 1), as in torch. Writing the running statistics is not recorded on the tape.
/// </remarks>
/// <example><code>
/// var norm = new BatchNorm1d(2);
/// Tensor y = norm.Forward(Tensor.FromArray([0f, 10f, 2f, 30f], 2, 2));   // [[-1, -1], [1, 1]]
/// norm.Evaluate();
/// Tensor z = norm.Forward(Tensor.Ones(1, 2));                            // uses running_mean = [0.1, 2], running_var = [1.1, 20.9]
/// </code></example>
public sealed class BatchNorm1d : Module
{
    private readonly float[] _batchMean, _batchVariance;

    /// <summary>A normalisation.</summary>
    /// <param name="features">Width of the input, at least 1.</param>
    /// <param name="epsilon">Added to the variance, more than 0.</param>
    /// <param name="momentum">Weight of the newest batch in the running statistics, in [0, 1].</param>
    public BatchNorm1d(int features, float epsilon = 1e-5f, float momentum = 0.1f)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(epsilon);
        if (momentum is not (>= 0f and <= 1f)) throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "BatchNorm1d: expected a momentum in [0, 1].");
        Features = features;
        Epsilon = epsilon;
        Momentum = momentum;
        Weight = Register("weight", Tensor.Ones(features));
        Bias = Register("bias", Tensor.Zeros(features));
        RunningMean = RegisterBuffer("running_mean", Tensor.Zeros(features));
        RunningVariance = RegisterBuffer("running_var", Tensor.Ones(features));
        _batchMean = new float[features];
        _batchVariance = new float[features];
    }

    /// <summary>Width of the input.</summary>
    public int Features { get; }

    /// <summary>Added to the variance.</summary>
    public float Epsilon { get; }

    /// <summary>Weight of the newest batch in the running statistics.</summary>
    public float Momentum { get; }

    /// <summary>Scale, <c>[features]</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>Shift, <c>[features]</c>.</summary>
    public Parameter Bias { get; }

    /// <summary>Running mean, <c>[features]</c>.</summary>
    public Tensor RunningMean { get; }

    /// <summary>Running unbiased variance, <c>[features]</c>.</summary>
    public Tensor RunningVariance { get; }

    /// <inheritdoc/>
    public override long FlopsPerRow => 2L * Features;

    /// <summary>Normalises rows.</summary>
    /// <param name="input">Shape <c>[rows, features]</c>; at least two rows in training.</param>
    /// <returns>Shape <c>[rows, features]</c>.</returns>
    /// <exception cref="TensorException">Wrong shape, or one row in training.</exception>
    public Tensor Forward(Tensor input)
    {
        if (input.Shape.Rank != 2 || input.Shape[1] != Features) throw new TensorException($"BatchNorm1d: found input {input.Shape}, expected [rows, {Features}].");
        if (!Training) return Apply(input, Weight.Value, Bias.Value, RunningMean.Span, RunningVariance.Span, Epsilon);
        Tensor output = Fused.BatchNorm(input, Weight.Value, Bias.Value, Epsilon, _batchMean, _batchVariance);
        Follow(_batchMean, _batchVariance, input.Shape[0]);
        return output;
    }

    /// <summary>Normalises rows with given statistics.</summary>
    internal static Tensor Apply(Tensor input, Tensor weight, Tensor bias, ReadOnlySpan<float> mean, ReadOnlySpan<float> variance, float epsilon)
    {
        Tensor inverse = Tensor.Zeros(mean.Length), centre = Tensor.Zeros(mean.Length);
        mean.CopyTo(centre.Span);
        Span<float> values = inverse.Span;
        for (int i = 0; i < values.Length; i++) values[i] = 1f / MathF.Sqrt(variance[i] + epsilon);
        Tensor scale = weight * inverse;
        return (input * scale) + (bias - (centre * scale));
    }

    /// <summary>Takes the statistics of a batch of so many rows into the running ones, once: not when the batch is only computed again.</summary>
    internal void Follow(ReadOnlySpan<float> mean, ReadOnlySpan<float> variance, int rows)
    {
        if (Tape.IsRecomputing || StatisticsFrozen) return;
        Follow(RunningMean.Span, mean, 1f);
        Follow(RunningVariance.Span, variance, rows / (rows - 1f));
    }

    private void Follow(Span<float> running, ReadOnlySpan<float> batch, float correction)
    {
        float fresh = Momentum * correction;
        for (int i = 0; i < running.Length; i++) running[i] = ((1f - Momentum) * running[i]) + (fresh * batch[i]);
    }
}
