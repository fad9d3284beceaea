using Polymath.Tensors;

namespace Polymath.Learning.Losses;

/// <summary>
/// Focal loss: a_y (1 - p_y)^gamma (-ln p_y), where p_y is the probability of the label (Lin et al. 2017, eq. 5). One output: p from a
/// sigmoid, a_1 = alpha and a_0 = 1 - alpha. Several: p from a softmax, a = class weights. gamma = 0 is cross-entropy.
/// </summary>
/// <remarks>1 - p_y is formed in logarithms, so easy rows keep their precision and no logit gives NaN. The mean divides by the number of rows.</remarks>
/// <example><code>
/// Loss loss = new Focal(gamma: 2f, alpha: 0.25f);
/// float value = loss.Mean(Tensor.Zeros(1, 1), [1f], out _).Item();   // 0.25 * 0.5^2 * ln 2
/// </code></example>
public sealed class Focal : Loss
{
    private readonly float[] _classWeights;

    /// <summary>A focal loss.</summary>
    /// <param name="gamma">How much well-classified rows are held back, 0 or more.</param>
    /// <param name="alpha">Weight of positive labels in [0, 1], negatives get the rest; null for no weights. For one output.</param>
    /// <param name="classWeights">One weight of 0 or more per class; empty for none. For several outputs.</param>
    public Focal(float gamma = 2f, float? alpha = null, ReadOnlySpan<float> classWeights = default)
    {
        LossOptions.RequireNotNegative(gamma, nameof(gamma));
        if (alpha is not (null or (>= 0f and <= 1f))) throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "expected a weight in [0, 1].");
        _classWeights = LossOptions.CopyWeights(classWeights, nameof(classWeights));
        if (alpha is not null && _classWeights.Length > 0) throw new ArgumentException("alpha is for one output and class weights are for several, expected one of them.", nameof(classWeights));
        Gamma = gamma;
        Alpha = alpha;
    }

    /// <summary>How much well-classified rows are held back.</summary>
    public float Gamma { get; }

    /// <summary>Weight of positive labels, or null.</summary>
    public float? Alpha { get; }

    /// <summary>One weight per class; empty for none.</summary>
    public IReadOnlyList<float> ClassWeights => _classWeights;

    /// <inheritdoc/>
    public override string Name => "focal";

    /// <inheritdoc/>
    public override IReadOnlyList<TaskKind> Kinds => [TaskKind.Binary, TaskKind.MultiClass];

    /// <inheritdoc/>
    public override Tensor PerRow(Tensor output, Tensor labels) => output.Shape[1] == 1 ? Binary(output.Reshape(labels.Shape), labels) : MultiClass(output, labels);

    /// <inheritdoc/>
    protected override void RequireOutputs(int outputs)
    {
        if (outputs < 1) throw new TensorException($"{Name} loss: found no outputs, expected 1 or one per class.");
        if (Alpha is not null && outputs > 1) throw new TensorException($"{Name} loss: found {outputs} classes with alpha, expected class weights.");
        if (_classWeights.Length > 0 && _classWeights.Length != outputs) throw new TensorException($"{Name} loss: found {_classWeights.Length} class weights for {outputs} outputs, expected as many.");
    }

    /// <inheritdoc/>
    protected override void RequireLabel(float label, int row, int outputs)
    {
        int classes = Math.Max(2, outputs);
        if (!LossOptions.IsClass(label, classes)) throw new LabelException(Name, row, label, outputs == 1 ? "0 or 1, or NaN when not observed" : $"a class number in 0 .. {classes - 1}, or NaN when not observed");
    }

    private Tensor Binary(Tensor x, Tensor labels)
    {
        // With z = x for positives and -x for negatives: -ln p = softplus(-z), ln(1 - p) = -softplus(z).
        Tensor z = x * ((labels * 2f) - 1f);
        Tensor loss = Held(-z.Softplus(), (-z).Softplus());
        return Alpha is { } alpha ? loss * ((labels * ((2f * alpha) - 1f)) + (1f - alpha)) : loss;
    }

    private Tensor MultiClass(Tensor x, Tensor labels)
    {
        // ln(1 - p_y) is the log-sum-exp of the other classes minus that of all.
        Tensor chosen = Tensor.Zeros(x.Shape), weights = Tensor.Full(1f, labels.Shape);
        int classes = x.Shape[1];
        ReadOnlySpan<float> numbers = labels.Span;
        for (int i = 0; i < numbers.Length; i++)
        {
            chosen.Span[(i * classes) + (int)numbers[i]] = 1f;
            if (_classWeights.Length > 0) weights.Span[i] = _classWeights[(int)numbers[i]];
        }

        Tensor logs = x.LogSoftmax();
        Tensor loss = Held(Tensor.Where(chosen, Tensor.Scalar(float.NegativeInfinity), logs).LogSumExp(1), -(logs * chosen).Sum(1));
        return _classWeights.Length > 0 ? loss * weights : loss;
    }

    /// <summary>(1 - p)^gamma (-ln p).</summary>
    private Tensor Held(Tensor logOther, Tensor crossEntropy) => Gamma == 0f ? crossEntropy : (logOther * Gamma).Exp() * crossEntropy;
}
