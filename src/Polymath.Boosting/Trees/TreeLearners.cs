namespace Polymath.Boosting;

/// <summary>Makes the learner that the options ask for.</summary>
internal static class TreeLearners
{
    /// <summary>A learner over consecutive rows.</summary>
    public static TreeLearner Create(BoostingOptions options, FeatureMatrix features, int start, int rows, int outputs) => options.Learner switch
    {
        LearnerKind.Exact => new ExactLearner(features, start, rows, outputs, options),
        _ => new HistogramLearner(features, start, rows, outputs, options),
    };
}
