namespace Polymath.Merging;

/// <summary>Which split of its data a probe was drawn from.</summary>
public enum ProbeSplit
{
    /// <summary>The training data, as it should be.</summary>
    Train,

    /// <summary>Data held out from training to choose by.</summary>
    Validation,

    /// <summary>The data that the merged model will be scored on, which is refused.</summary>
    Test,
}
