namespace Polymath.Merging.TaskVectors;

/// <summary>Settings of <see cref="GlobalTies"/>.</summary>
public sealed record GlobalTiesOptions
{
    /// <summary>Sum of the agreeing entries after keeping 20 %: the multi-task vector of TALL-masks.</summary>
    public static GlobalTiesOptions TallMasks { get; } = new() { Aggregation = TiesAggregation.Sum };

    /// <summary>
    /// How much of every task vector is kept: a percentage in [1, 100], or a fraction in [0, 1). 100 trims nothing, and 1 is one percent (the
    /// official AdaMerging reads 1 as everything). Default: 20.
    /// </summary>
    public double Keep { get; init; } = 20;

    /// <summary>How agreeing entries are joined. Default: <see cref="TiesAggregation.Mean"/>.</summary>
    public TiesAggregation Aggregation { get; init; } = TiesAggregation.Mean;

    /// <summary>The part that is kept, in [0, 1].</summary>
    /// <exception cref="MergeException"><see cref="Keep"/> is out of range.</exception>
    internal double Fraction => Keep is >= 0 and <= 100 ? (Keep >= 1 ? Keep / 100 : Keep) : throw new MergeException($"TIES: found {Keep} to keep, expected a percentage from 1 to 100 or a fraction in [0, 1).");
}
