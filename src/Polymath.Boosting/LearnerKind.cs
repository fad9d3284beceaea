namespace Polymath.Boosting;

/// <summary>How a tree looks for its splits.</summary>
public enum LearnerKind
{
    /// <summary>Over at most 255 bins per feature and one for missing values: fast, takes categories and gaps.</summary>
    Histogram,

    /// <summary>Over every pair of neighbouring values, in double precision: the learner of the paper, for complete numbers.</summary>
    Exact,
}
