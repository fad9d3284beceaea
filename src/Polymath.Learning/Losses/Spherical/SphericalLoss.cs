using Polymath.Tensors;

namespace Polymath.Learning.Losses;

/// <summary>
/// A loss that reads D outputs o only through those of the target classes, q = sum o^2 and s = sum o (Vincent et al. 2015, arXiv 1412.7091):
/// what <see cref="FactoredSphericalOutput"/> can train at a cost that does not depend on D. Softmax cross-entropy is not one.
/// </summary>
/// <remarks>None of them is a likelihood: outputs rank the classes, and a perplexity is not defined.</remarks>
/// <example><code>
/// SphericalLoss z = SphericalLoss.Z(a: 1, b: 5);
/// Tensor mean = z.Of(Tensor.FromArray([3f, 0f, 1f, 0f, 2f, 0f], 2, 3), Tensor.FromArray([0f, 2f], 2));
/// SphericalLoss own = SphericalLoss.Custom((target, q, s, classes) => (q - (2 * target), -2, 1, 0));
/// </code></example>
public sealed class SphericalLoss
{
    private readonly SphericalForm _form;
    private readonly SphericalFunction? _custom;

    private SphericalLoss(string name, SphericalForm form, SphericalFunction? custom = null)
    {
        Name = name;
        _form = form;
        _custom = custom;
    }

    /// <summary>"z", "one_hot_mse", "log_taylor_softmax", "log_spherical_softmax" or "custom".</summary>
    public string Name { get; }

    /// <summary>The named form; null for a custom loss.</summary>
    public SphericalForm? Form => _custom is null ? _form : null;

    /// <summary>The squared distance from the one-hot target: q - 2 o_c + 1.</summary>
    public static SphericalLoss Mse { get; } = new("one_hot_mse", SphericalForm.SquaredError);

    /// <summary>Softmax with 1 + o + o^2 / 2 in place of e^o (de Brébisson and Vincent 2015, arXiv 1511.05042).</summary>
    public static SphericalLoss LogTaylorSoftmax { get; } = new("log_taylor_softmax", SphericalForm.LogTaylorSoftmax);

    /// <summary>The Z-loss, softplus(a (b - z)) / a with z = (o_c - mean) / deviation (de Brébisson and Vincent 2016, arXiv 1604.08859).</summary>
    /// <param name="a">Sharpness, more than 0; 0.05 to 5 is usual.</param>
    /// <param name="b">Location; -3 to 28 is usual. Both are to be tuned for the ranks that matter.</param>
    /// <exception cref="ArgumentOutOfRangeException">a is not a finite number more than 0, or b is not finite.</exception>
    public static SphericalLoss Z(double a = 1, double b = 0) => new("z", SphericalForm.Z(a, b));

    /// <summary>Softmax with o^2 + e in place of e^o (de Brébisson and Vincent 2015); blind to the sign of the outputs.</summary>
    /// <param name="epsilon">e, more than 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">e is not a finite number more than 0.</exception>
    public static SphericalLoss LogSphericalSoftmax(double epsilon = 1e-3) => new("log_spherical_softmax", SphericalForm.LogSphericalSoftmax(epsilon));

    /// <summary>A loss of one's own for one target per example.</summary>
    /// <param name="function">Gives loss, dL/do_c, dL/dq and dL/ds for (o_c, q, s, D).</param>
    public static SphericalLoss Custom(Func<double, double, double, int, (double Loss, double Target, double Squares, double Sum)> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Custom(
            (ReadOnlySpan<double> targets, double squares, double sum, int classes, Span<double> targetGradients, out double squaresGradient, out double sumGradient) =>
            {
                RequireOne(targets.Length, "custom");
                (double loss, targetGradients[0], squaresGradient, sumGradient) = function(targets[0], squares, sum, classes);
                return loss;
            });
    }

    /// <summary>A loss of one's own for any number of targets per example.</summary>
    /// <param name="function">Gives loss and partial derivatives.</param>
    public static SphericalLoss Custom(SphericalFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new("custom", default, function);
    }

    /// <summary>The loss of one example with one target, and its partial derivatives.</summary>
    /// <param name="target">o_c.</param>
    /// <param name="squares">q.</param>
    /// <param name="sum">s.</param>
    /// <param name="classes">D, at least 2.</param>
    public SphericalPartials Evaluate(double target, double squares, double sum, int classes)
    {
        if (_custom is null) return _form.Evaluate(target, squares, sum, classes);
        double gradient = 0;
        double loss = _custom([target], squares, sum, classes, new Span<double>(ref gradient), out double squaresGradient, out double sumGradient);
        return new(loss, gradient, squaresGradient, sumGradient);
    }

    /// <summary>The Z-loss of a batch as an operation on the tape; see <see cref="Of"/>.</summary>
    /// <param name="outputs">Shape <c>[rows, classes]</c>, at least three classes.</param>
    /// <param name="labels">Class numbers, <c>[rows]</c>; NaN where not observed.</param>
    /// <param name="a">Sharpness, more than 0.</param>
    /// <param name="b">Location.</param>
    /// <param name="reduction">What becomes of the rows' losses.</param>
    public static Tensor ZLoss(Tensor outputs, Tensor labels, float a = 1f, float b = 0f, LossReduction reduction = LossReduction.Mean) => Z(a, b).Of(outputs, labels, reduction);

    /// <summary>The loss of a batch as a differentiable operation on all outputs: for few classes, or to compare with.</summary>
    /// <param name="outputs">Shape <c>[rows, classes]</c>.</param>
    /// <param name="labels">Class numbers, <c>[rows]</c>; NaN where not observed. Not differentiated.</param>
    /// <param name="reduction">What becomes of the rows' losses; the mean is over the observed ones, and 0 when there are none.</param>
    /// <returns>A scalar, or <c>[rows]</c> without reduction.</returns>
    /// <exception cref="TensorException">Shapes do not fit each other or the loss, a label is not a class, or the loss is a custom one.</exception>
    public Tensor Of(Tensor outputs, Tensor labels, LossReduction reduction = LossReduction.Mean)
    {
        if (_custom is not null) throw new TensorException("SphericalLoss: a custom loss has no tensor operation; use it in a FactoredSphericalOutput, or write it with tensor operations.");
        if (outputs.Shape.Rank == 2) RequireClasses(outputs.Shape[1]);
        Tensor rows = Fused.SphericalLoss(outputs, labels, _form);
        if (reduction == LossReduction.None) return rows;
        if (reduction == LossReduction.Sum) return rows.Sum();
        int observed = 0;
        foreach (float label in labels.Span) observed += float.IsNaN(label) ? 0 : 1;
        return rows.Sum() * (1f / Math.Max(1, observed));
    }

    /// <summary>Loss and partial derivatives of an example with K targets.</summary>
    internal double Evaluate(ReadOnlySpan<double> targets, double squares, double sum, int classes, Span<double> targetGradients, out double squaresGradient, out double sumGradient)
    {
        if (_custom is not null) return _custom(targets, squares, sum, classes, targetGradients, out squaresGradient, out sumGradient);
        SphericalPartials at = _form.Evaluate(targets[0], squares, sum, classes);
        (targetGradients[0], squaresGradient, sumGradient) = (at.Target, at.Squares, at.Sum);
        return at.Value;
    }

    /// <summary>Throws unless the loss can learn from that many classes.</summary>
    internal void RequireClasses(int classes)
    {
        int least = _custom is null && _form.Kind == SphericalKind.Z ? 3 : 2;
        if (classes < least) throw new TensorException($"{Name} loss: found {classes} classes, expected {least} or more{(least == 3 ? ", because of two classes one is always one deviation above the mean and nothing is learned; use another loss" : string.Empty)}.");
    }

    /// <summary>Throws unless the loss takes that many targets per example.</summary>
    internal void RequireTargets(int targets)
    {
        if (_custom is null) RequireOne(targets, Name);
    }

    private static void RequireOne(int targets, string name)
    {
        if (targets != 1) throw new FactoredOutputException($"{name} loss: found {targets} targets per example, expected 1; give SphericalLoss.Custom a SphericalFunction for more.");
    }
}
