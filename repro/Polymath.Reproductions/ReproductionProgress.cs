namespace Polymath.Reproductions;

/// <summary>How far a reproduction is.</summary>
/// <param name="Done">Work done, in any unit that grows evenly with time.</param>
/// <param name="Total">All the work, in that unit.</param>
/// <param name="Text">What is being done: "regression, nash, seed 2 of 3".</param>
public readonly record struct ReproductionProgress(double Done, double Total, string Text)
{
    /// <summary>The part done, in [0, 1].</summary>
    public double Fraction => Total > 0 ? Math.Clamp(Done / Total, 0, 1) : 0;
}
