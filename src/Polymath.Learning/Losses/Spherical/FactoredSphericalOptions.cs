namespace Polymath.Learning.Losses;

/// <summary>How a <see cref="FactoredSphericalOutput"/> keeps its matrix.</summary>
public sealed record FactoredSphericalOptions
{
    /// <summary>Updates between two numerical stabilisations, 10 to 1000; 0 for never.</summary>
    public int StabilizePeriod { get; init; } = 100;

    /// <summary>How the inverse of the small factor is updated.</summary>
    public InverseUpdate InverseUpdate { get; init; } = InverseUpdate.Woodbury;

    /// <summary>L2 penalty on W, 0 or more: W &lt;- (1 - rate decay) W - rate dL/dW, exactly.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Updates between two recomputations of W^T W and W^T 1 from the rows, which cost O(D d^2); 0 for never.</summary>
    public int DriftCheckPeriod { get; init; } = 10_000;

    /// <summary>Standard deviation of the initial W, more than 0: of equal outputs nothing is learned.</summary>
    public double InitStd { get; init; } = 1e-3;

    /// <summary>Sum (the paper's) or Mean of the losses of a batch.</summary>
    public LossReduction Reduction { get; init; } = LossReduction.Sum;

    /// <summary>Keep the D x d factor in double precision: twice the memory, for tests of exactness.</summary>
    public bool DoublePrecision { get; init; }

    /// <summary>Throws unless every value is in its range.</summary>
    internal void Require()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(StabilizePeriod);
        ArgumentOutOfRangeException.ThrowIfNegative(DriftCheckPeriod);
        if (!(WeightDecay >= 0) || !double.IsFinite(WeightDecay)) throw new ArgumentOutOfRangeException(nameof(WeightDecay), WeightDecay, "expected a finite number of 0 or more.");
        if (!(InitStd > 0) || !double.IsFinite(InitStd)) throw new ArgumentOutOfRangeException(nameof(InitStd), InitStd, "expected a finite number more than 0; equal outputs have no gradient.");
        if (Reduction == LossReduction.None) throw new ArgumentOutOfRangeException(nameof(Reduction), Reduction, "expected Sum or Mean; one update needs one loss.");
    }
}
