using Polymath.Data;

namespace Polymath.Boosting;

/// <summary>
/// What boosting makes small: a function of the scores F of a row and its label, with its first derivative and the diagonal of its second.
/// One loss is one file and one entry in <see cref="BoostingLosses"/>.
/// </summary>
/// <remarks>
/// Scores are <c>[rows, <see cref="Outputs"/>]</c>, row-major. A label that is NaN is unobserved: derivatives are 0 there and the row has
/// no part in the mean loss.
/// </remarks>
public abstract class BoostingLoss
{
    /// <summary>Name in <see cref="BoostingLosses"/>, with the options that differ from the defaults: "huber:delta=2".</summary>
    public abstract string Name { get; }

    /// <summary>The kinds of target it is for.</summary>
    public abstract IReadOnlyList<TargetKind> Kinds { get; }

    /// <summary>Scores per row.</summary>
    public virtual int Outputs => 1;

    /// <summary>Whether the second derivative is 1 everywhere, so that a Newton leaf is the mean of the negative gradient.</summary>
    public virtual bool HasUnitCurvature => false;

    /// <summary>Sum of the loss over observed rows.</summary>
    /// <param name="scores"><c>[rows, Outputs]</c>.</param>
    /// <param name="labels"><c>[rows]</c>.</param>
    /// <param name="weights"><c>[rows]</c>, or empty for 1.</param>
    public abstract double Sum(ReadOnlySpan<double> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights);

    /// <summary>First and second derivatives with respect to the scores, without weights. A curvature may bound the second derivative from above instead; the loss then says so.</summary>
    /// <param name="scores"><c>[rows, Outputs]</c>.</param>
    /// <param name="labels"><c>[rows]</c>.</param>
    /// <param name="gradient">Receives dL/dF, <c>[rows, Outputs]</c>.</param>
    /// <param name="curvature">Receives d2L/dF2, <c>[rows, Outputs]</c>, 0 or more; empty when it is not wanted.</param>
    public abstract void Differentiate(ReadOnlySpan<double> scores, ReadOnlySpan<float> labels, Span<double> gradient, Span<double> curvature);

    /// <summary>The constant scores of least loss, where boosting may start.</summary>
    /// <param name="labels"><c>[rows]</c>, at least one observed.</param>
    /// <param name="weights"><c>[rows]</c>, or empty for 1.</param>
    /// <param name="scores">Receives <c>[Outputs]</c>.</param>
    public abstract void Constant(ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, Span<double> scores);

    /// <summary>Scores to predictions, in place: numbers in the label's unit, or probabilities. Default: a score is the prediction.</summary>
    /// <param name="scores"><c>[rows, Outputs]</c>.</param>
    public virtual void Link(Span<double> scores)
    {
    }

    /// <summary>
    /// The leaf value that makes the loss of the leaf's rows least, for losses whose curvature says nothing (absolute error, quantiles);
    /// null where the Newton step is right.
    /// </summary>
    public virtual LeafRefit? Refit => null;

    /// <summary>Largest size of a Newton leaf, for losses whose curvature holds nearby only; leaves beyond it are cut back to it. Default: no limit.</summary>
    public virtual double MaxStep => double.PositiveInfinity;
}
