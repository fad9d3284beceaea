using Polymath.Tensors;

namespace Polymath.Learning.Losses;

/// <summary>
/// Cross-entropy of C logits x and a class number y: - sum_c q_c log softmax(x)_c with q_c = (1 - s) w_y [c = y] + s w_c / C for class weights
/// w (default 1) and label smoothing s. As in torch, the mean divides by the sum of w_y over the observed rows, not by their number.
/// </summary>
/// <example><code>
/// Loss loss = new CrossEntropy(classWeights: [1f, 1f, 5f]);
/// float value = loss.Mean(Tensor.Zeros(2, 3), [0f, 2f], out _).Item();   // (ln 3 + 5 ln 3) / 6
/// </code></example>
public sealed class CrossEntropy : Loss
{
    private readonly float[] _classWeights;
    private readonly Tensor _weights;

    /// <summary>A cross-entropy.</summary>
    /// <param name="classWeights">One weight of 0 or more per class; empty for equal weights.</param>
    /// <param name="labelSmoothing">s, in [0, 1): the share of the label spread over all classes.</param>
    public CrossEntropy(ReadOnlySpan<float> classWeights = default, float labelSmoothing = 0f)
    {
        LossOptions.RequireSmoothing(labelSmoothing, nameof(labelSmoothing));
        _classWeights = LossOptions.CopyWeights(classWeights, nameof(classWeights));
        if (_classWeights.Length > 0) _weights = Tensor.FromArray(_classWeights).Keep();
        LabelSmoothing = labelSmoothing;
    }

    /// <summary>One weight per class; empty for equal weights.</summary>
    public IReadOnlyList<float> ClassWeights => _classWeights;

    /// <summary>Label smoothing s.</summary>
    public float LabelSmoothing { get; }

    /// <inheritdoc/>
    public override string Name => "cross_entropy";

    /// <inheritdoc/>
    public override IReadOnlyList<TaskKind> Kinds => [TaskKind.MultiClass];

    /// <inheritdoc/>
    public override Tensor PerRow(Tensor output, Tensor labels) => Fused.SoftmaxCrossEntropy(output, labels, _weights, LabelSmoothing);

    /// <inheritdoc/>
    protected override bool LeavesOutUnobserved => true;

    /// <inheritdoc/>
    protected override double RowWeight(float label) => _classWeights.Length == 0 ? 1 : _classWeights[(int)label];

    /// <inheritdoc/>
    protected override void RequireOutputs(int outputs)
    {
        if (outputs < 2) throw new TensorException($"{Name} loss: found {outputs} outputs per row, expected one per class, at least 2.");
        if (_classWeights.Length > 0 && _classWeights.Length != outputs) throw new TensorException($"{Name} loss: found {_classWeights.Length} class weights for {outputs} classes, expected as many.");
    }

    /// <inheritdoc/>
    protected override void RequireLabel(float label, int row, int outputs)
    {
        if (!LossOptions.IsClass(label, outputs)) throw new LabelException(Name, row, label, $"a class number in 0 .. {outputs - 1}, or NaN when not observed");
    }
}
