using Polymath.Tensors;

namespace Polymath.Learning.Losses;

/// <summary>
/// A linear output layer o = W h over D classes with its loss and its optimiser in one: exact loss, exact gradient for the hidden layer and
/// exact stochastic gradient step on W <c>[D, d]</c> in O(d^2) per example, whatever D (Vincent, de Brébisson and Bouthillier, "Efficient Exact
/// Gradient Update for training Deep Networks with Very Large Sparse Targets", NIPS 2015, arXiv 1412.7091).
/// </summary>
/// <remarks>
/// W is not a parameter that an optimiser could be given: momentum or Adam would need all of it, so it learns by plain SGD here while the layers
/// below learn by anything. There is no bias; append a constant feature to h. A batch should have fewer examples than d. Under the Z-loss the
/// norm of W is free and grows, so that steps shrink; <see cref="FactoredSphericalOptions.WeightDecay"/> holds it back.
/// </remarks>
/// <example><code>
/// var head = new FactoredSphericalOutput(hidden: 64, classes: 100_000, SphericalLoss.Z(a: 1, b: 5), learningRate: 0.01);
/// using var tape = new Tape();
/// Tensor h = trunk.Forward(x);                                        // [batch, 64]
/// (double loss, Tensor gradient) = head.ForwardBackwardUpdate(h, targets);
/// trunkOptimizer.Step(tape.Gradients((h * gradient).Sum(), trunk));   // dL/dh goes on into the layers below
/// int[] best = head.TopK(h.Span[..64], 10);
/// </code></example>
public sealed partial class FactoredSphericalOutput
{
    private const string Name = nameof(FactoredSphericalOutput);
    private const int ReadRows = 256;
    private double _learningRate;

    /// <summary>A layer with W drawn from N(0, InitStd^2).</summary>
    /// <param name="hidden">d, at least 1.</param>
    /// <param name="classes">D, at least 2 (3 for the Z-loss).</param>
    /// <param name="loss">What it learns by.</param>
    /// <param name="learningRate">eta, more than 0; 1e-4 to 0.1 is usual.</param>
    /// <param name="options">How W is kept; null for the defaults.</param>
    /// <param name="random">Where the initial W comes from; null for a fixed stream.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="TensorException">The loss cannot learn from that many classes.</exception>
    public FactoredSphericalOutput(int hidden, int classes, SphericalLoss loss, double learningRate, FactoredSphericalOptions? options = null, RandomStream? random = null)
        : this(hidden, classes, loss, learningRate, options)
    {
        random ??= new RandomStream(0).Derive(Name);
        float[] drawn = new float[hidden];
        double[] row = new double[hidden];
        for (int r = 0; r < classes; r++)
        {
            random.FillNormal(drawn, 0f, (float)Options.InitStd);
            for (int i = 0; i < hidden; i++) row[i] = drawn[i];
            Matrix.Rows.Write(r, row);
        }

        Matrix.Recompute();
    }

    private FactoredSphericalOutput(int hidden, int classes, SphericalLoss loss, double learningRate, FactoredSphericalOptions? options)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentOutOfRangeException.ThrowIfLessThan(hidden, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        Options = options ?? new FactoredSphericalOptions();
        Options.Require();
        loss.RequireClasses(classes);
        Loss = loss;
        LearningRate = learningRate;
        Matrix = new FactoredMatrix(ClassRows.Create(classes, hidden, Options.DoublePrecision), Options.InverseUpdate);
    }

    /// <summary>d.</summary>
    public int Hidden => Matrix.Rows.Hidden;

    /// <summary>D.</summary>
    public int Classes => Matrix.Rows.Classes;

    /// <summary>What it learns by.</summary>
    public SphericalLoss Loss { get; }

    /// <summary>How W is kept.</summary>
    public FactoredSphericalOptions Options { get; }

    /// <summary>eta of the next step, more than 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a finite number more than 0.</exception>
    public double LearningRate
    {
        get => _learningRate;
        set => _learningRate = value > 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "expected a learning rate that is a finite number more than 0.");
    }

    /// <summary>Updates made so far.</summary>
    public long Updates { get; private set; }

    /// <summary>What the last drift check corrected: the largest change of an element of W^T W relative to its largest element; NaN before the first.</summary>
    public double LastDrift { get; private set; } = double.NaN;

    internal FactoredMatrix Matrix { get; }

    /// <summary>A layer that starts from a given W.</summary>
    /// <param name="weights">W, <c>[D, d]</c>; not all rows equal.</param>
    /// <param name="loss">What it learns by.</param>
    /// <param name="learningRate">eta, more than 0.</param>
    /// <param name="options">How W is kept; null for the defaults.</param>
    public static FactoredSphericalOutput FromWeights(Tensor weights, SphericalLoss loss, double learningRate, FactoredSphericalOptions? options = null)
    {
        if (weights.Shape.Rank != 2) throw new FactoredOutputException($"{Name}: found weights {weights.Shape}, expected [classes, hidden].");
        var layer = new FactoredSphericalOutput(weights.Shape[1], weights.Shape[0], loss, learningRate, options);
        double[] row = new double[layer.Hidden];
        for (int r = 0; r < layer.Classes; r++)
        {
            for (int i = 0; i < row.Length; i++) row[i] = weights.Span[(r * row.Length) + i];
            layer.Matrix.Rows.Write(r, row);
        }

        layer.Matrix.Recompute();
        return layer;
    }

    /// <summary>The loss of a batch before the step, dL/dH, and the step on W.</summary>
    /// <param name="hidden">H, <c>[m, d]</c>.</param>
    /// <param name="targets">Class numbers, <c>[m]</c>, or <c>[m, K]</c> with those of one example ascending and distinct.</param>
    /// <returns>The sum (or mean) of the examples' losses, and its gradient <c>[m, d]</c>, on the open tape if there is one.</returns>
    /// <exception cref="FactoredOutputException">Shapes, targets or values are wrong, or the step is too large; W is then unchanged.</exception>
    public (double Loss, Tensor HiddenGradient) ForwardBackwardUpdate(Tensor hidden, ReadOnlySpan<int> targets)
    {
        if (hidden.Shape.Rank != 2 || hidden.Shape[1] != Hidden) throw new FactoredOutputException($"{Name}: found a hidden layer {hidden.Shape}, expected [examples, {Hidden}].");
        Tensor gradient = Tensor.Zeros(hidden.Shape);
        return (ForwardBackwardUpdate(hidden.Span, targets, gradient.Span), gradient);
    }

    /// <summary>The same over spans; nothing is allocated once the largest batch has been seen.</summary>
    /// <param name="hidden">H, <c>[m, d]</c>.</param>
    /// <param name="targets">Class numbers, <c>[m]</c> or <c>[m, K]</c>.</param>
    /// <param name="hiddenGradient">Receives dL/dH, <c>[m, d]</c>.</param>
    /// <returns>The sum (or mean) of the examples' losses.</returns>
    /// <exception cref="FactoredOutputException">As above.</exception>
    public double ForwardBackwardUpdate(ReadOnlySpan<float> hidden, ReadOnlySpan<int> targets, Span<float> hiddenGradient)
    {
        if (hiddenGradient.Length != hidden.Length) throw new FactoredOutputException($"{Name}: found room for {hiddenGradient.Length} gradients, expected {hidden.Length}, as many as the hidden layer has values.");
        double loss = Evaluate(hidden, targets);
        Matrix.Update(LearningRate, Keep());
        ReadOnlySpan<double> gradient = Matrix.Step.HiddenGradient;
        for (int i = 0; i < gradient.Length; i++) hiddenGradient[i] = (float)gradient[i];
        Updates++;
        if (Options.StabilizePeriod > 0 && Updates % Options.StabilizePeriod == 0) Matrix.Stabilize();
        if (Options.DriftCheckPeriod > 0 && Updates % Options.DriftCheckPeriod == 0) LastDrift = Matrix.Recompute();
        return loss;
    }

    /// <summary>The loss of a batch, without learning from it.</summary>
    /// <param name="hidden">H, <c>[m, d]</c>.</param>
    /// <param name="targets">Class numbers, <c>[m]</c> or <c>[m, K]</c>.</param>
    /// <exception cref="FactoredOutputException">Shapes, targets or values are wrong.</exception>
    public double Evaluate(ReadOnlySpan<float> hidden, ReadOnlySpan<int> targets)
    {
        int examples = hidden.Length / Hidden;
        RequireBatch(hidden, targets, examples);
        Matrix.Step.Begin(hidden, targets, examples);
        Matrix.Forward();
        return Differentiate();
    }

    /// <summary>The outputs of all classes for one hidden vector.</summary>
    /// <param name="hidden">h, <c>[d]</c>.</param>
    /// <returns>W h, <c>[D]</c>.</returns>
    public float[] Score(ReadOnlySpan<float> hidden)
    {
        if (hidden.Length != Hidden) throw new FactoredOutputException($"{Name}: found a hidden vector of {hidden.Length} values, expected {Hidden}.");
        RequireFinite(hidden);
        double[] h = new double[Hidden];
        for (int i = 0; i < h.Length; i++) h[i] = hidden[i];
        float[] scores = new float[Classes];
        Matrix.Score(h, scores);
        return scores;
    }

    /// <summary>The classes with the largest outputs for one hidden vector, best first; of equal ones the lower number first.</summary>
    /// <param name="hidden">h, <c>[d]</c>.</param>
    /// <param name="count">How many, 1 to D.</param>
    public int[] TopK(ReadOnlySpan<float> hidden, int count)
    {
        if (count < 1 || count > Classes) throw new ArgumentOutOfRangeException(nameof(count), count, $"expected 1 to {Classes}, the number of classes.");
        float[] scores = Score(hidden), best = new float[count];
        int[] classes = new int[count];
        int held = 0;
        for (int c = 0; c < scores.Length; c++)
        {
            if (held == count && !(scores[c] > best[held - 1])) continue;
            int at = held < count ? held++ : held - 1;
            for (; at > 0 && scores[c] > best[at - 1]; at--) (best[at], classes[at]) = (best[at - 1], classes[at - 1]);
            (best[at], classes[at]) = (scores[c], c);
        }

        return classes;
    }

    /// <summary>W itself, <c>[D, d]</c>: a copy that no later step changes.</summary>
    public Tensor Materialize()
    {
        Tensor weights = Tensor.Zeros(Classes, Hidden);
        double[] scratch = new double[ReadRows * Hidden], block = new double[ReadRows * Hidden];
        for (int first = 0; first < Classes; first += ReadRows)
        {
            int count = Math.Min(ReadRows, Classes - first);
            Matrix.ReadWeights(first, count, scratch, block);
            Span<float> to = weights.Span.Slice(first * Hidden, count * Hidden);
            for (int i = 0; i < to.Length; i++) to[i] = (float)block[i];
        }

        return weights;
    }

    /// <summary>Some rows of W in double precision: the weights of the classes <paramref name="first"/>, first + 1, ...</summary>
    /// <param name="first">The first class.</param>
    /// <param name="weights">Receives whole rows of d numbers.</param>
    /// <exception cref="ArgumentException">The rows are not whole, or there are not so many.</exception>
    public void ReadWeights(int first, Span<double> weights)
    {
        int count = weights.Length / Hidden;
        if (first < 0 || count * Hidden != weights.Length || count > Classes - first) throw new ArgumentException($"{Name}: found room for {weights.Length} weights from class {first} on, expected whole rows of {Hidden} of {Classes} classes.", nameof(weights));
        Matrix.ReadWeights(first, count, new double[weights.Length], weights);
    }

    private double Keep()
    {
        double keep = 1 - (LearningRate * Options.WeightDecay);
        return keep > 0 ? keep : throw new FactoredOutputException($"{Name}: found a weight decay of {Options.WeightDecay} with a learning rate of {LearningRate}, expected a product below 1; lower one of them.");
    }
}
