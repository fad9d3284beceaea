using System.Numerics.Tensors;

namespace Polymath.Learning.Losses;

/// <summary>The batch that a <see cref="FactoredMatrix"/> is working on: inputs, the three statistics of each example, their gradients, and working memory that grows to the largest batch.</summary>
internal sealed class FactoredStep(int hidden)
{
    private double[] _buffer = [];
    private int[] _targets = [];
    private int[] _pivots = [];

    /// <summary>m.</summary>
    public int Examples { get; private set; }

    /// <summary>K.</summary>
    public int TargetsEach { get; private set; }

    /// <summary>Class numbers, <c>[m, K]</c>.</summary>
    public ReadOnlySpan<int> Targets => _targets.AsSpan(0, Examples * TargetsEach);

    public Span<int> Pivots => _pivots.AsSpan(0, Examples);

    /// <summary>The hidden layer, <c>[m, d]</c>.</summary>
    public Span<double> Hidden => Wide(0);

    /// <summary>H Q.</summary>
    public Span<double> HiddenQ => Wide(1);

    /// <summary>H U^T.</summary>
    public Span<double> HiddenU => Wide(2);

    /// <summary>dL/dH, <c>[m, d]</c>.</summary>
    public Span<double> HiddenGradient => Wide(3);

    /// <summary>The part of the gradient that is not a multiple of H Q, <c>[m, d]</c>.</summary>
    public Span<double> Rest => Wide(4);

    /// <summary>2 dL/dq times H, <c>[m, d]</c>.</summary>
    public Span<double> Weighted => Wide(5);

    public Span<double> Spare => Wide(6);

    /// <summary>H Q H^T, <c>[m, m]</c>.</summary>
    public Span<double> Products => Square(0);

    /// <summary>dL/dO (dL/dO)^T, <c>[m, m]</c>.</summary>
    public Span<double> GradientProducts => Square(1);

    public Span<double> SpareSquare => Square(2);

    /// <summary>o_c, <c>[m, K]</c>.</summary>
    public Span<double> TargetOutputs => Narrow(0, TargetsEach);

    /// <summary>dL/do_c, <c>[m, K]</c>.</summary>
    public Span<double> TargetGradients => Narrow(TargetsEach, TargetsEach);

    /// <summary>q, <c>[m]</c>.</summary>
    public Span<double> Squares => Narrow(2 * TargetsEach, 1);

    /// <summary>s, <c>[m]</c>.</summary>
    public Span<double> Sums => Narrow((2 * TargetsEach) + 1, 1);

    /// <summary>dL/dq, <c>[m]</c>.</summary>
    public Span<double> SquaresGradients => Narrow((2 * TargetsEach) + 2, 1);

    /// <summary>dL/ds, <c>[m]</c>.</summary>
    public Span<double> SumGradients => Narrow((2 * TargetsEach) + 3, 1);

    /// <summary>omega^T h, <c>[m]</c>.</summary>
    public Span<double> Shifts => Narrow((2 * TargetsEach) + 4, 1);

    /// <summary>The sum of an example's target gradients, <c>[m]</c>.</summary>
    public Span<double> TargetSums => Narrow((2 * TargetsEach) + 5, 1);

    /// <summary>A factor per example, <c>[m]</c>.</summary>
    public Span<double> Factors => Narrow((2 * TargetsEach) + 6, 1);

    /// <summary>The rows of V that the batch names, <c>[m K, d]</c>.</summary>
    public Span<double> Rows => _buffer.AsSpan((7 * Examples * hidden) + (3 * Examples * Examples) + (((2 * TargetsEach) + 7) * Examples), Examples * TargetsEach * hidden);

    /// <summary>Takes a new batch.</summary>
    public void Begin(ReadOnlySpan<float> values, ReadOnlySpan<int> targets, int examples)
    {
        Resize(examples, targets.Length / examples);
        TensorPrimitives.ConvertTruncating(values, Hidden);
        targets.CopyTo(_targets);
    }

    /// <summary>Takes a new batch in double precision.</summary>
    public void Begin(ReadOnlySpan<double> values, ReadOnlySpan<int> targets, int examples)
    {
        Resize(examples, targets.Length / examples);
        values.CopyTo(Hidden);
        targets.CopyTo(_targets);
    }

    private void Resize(int examples, int each)
    {
        (Examples, TargetsEach) = (examples, each);
        int needed = checked((7 * examples * hidden) + (3 * examples * examples) + (((2 * each) + 7) * examples) + (examples * each * hidden));
        if (_buffer.Length < needed) _buffer = new double[needed];
        if (_targets.Length < examples * each) _targets = new int[examples * each];
        if (_pivots.Length < examples) _pivots = new int[examples];
    }

    private Span<double> Wide(int index) => _buffer.AsSpan(index * Examples * hidden, Examples * hidden);

    private Span<double> Square(int index) => _buffer.AsSpan((7 * Examples * hidden) + (index * Examples * Examples), Examples * Examples);

    private Span<double> Narrow(int index, int width) => _buffer.AsSpan((7 * Examples * hidden) + (3 * Examples * Examples) + (index * Examples), width * Examples);
}
