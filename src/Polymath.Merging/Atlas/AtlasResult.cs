using Polymath.Merging.TaskVectors;

namespace Polymath.Merging;

/// <summary>What aTLAS learned.</summary>
/// <param name="Coefficients">c of the chosen epoch, [vectors, blocks]; its CSV says which blocks and vectors were used.</param>
/// <param name="Merged">theta_0 + sum c tau.</param>
/// <param name="History">Every epoch.</param>
/// <param name="ZeroShotScore">The score at c = 0, the bar to pass; NaN without a score.</param>
/// <param name="BestEpoch">The chosen epoch, from 1; 0 when none passed the bar and the coefficients are all 0.</param>
/// <param name="Warnings">What may have gone wrong, one sentence each.</param>
public sealed record AtlasResult(CoefficientTable Coefficients, ModelState Merged, IReadOnlyList<AtlasEpoch> History, double ZeroShotScore, int BestEpoch, IReadOnlyList<string> Warnings)
{
    /// <summary>The score of the chosen epoch.</summary>
    public double Score => BestEpoch == 0 ? ZeroShotScore : History[BestEpoch - 1].Score;
}
