using Polymath.Boosting;

namespace Polymath.Reproductions.Rmtgb;

/// <summary>How the trees of a booster are grown.</summary>
/// <param name="Name">What the tables call it.</param>
/// <param name="Grow">The same blocks, grown so.</param>
internal sealed record TreeVariant(string Name, Func<BoostingOptions, BoostingOptions> Grow)
{
    /// <summary>The paper's: exact stumps, leaves that hold means, scores that start at 0.</summary>
    public static TreeVariant Stumps { get; } = new("paper's stumps", options => options.Paper());

    /// <summary>Histograms, Newton leaves, scores that start at the best constant.</summary>
    public static TreeVariant Histogram(int leaves, ThetaStep step = ThetaStep.Sum) => new($"{leaves} leaves", options => options with { MaxLeaves = leaves, Theta = step });
}
