namespace Polymath.Learning;

/// <summary>What a task predicts.</summary>
public enum TaskKind
{
    /// <summary>One logit; the label is 0 or 1.</summary>
    Binary,

    /// <summary>One logit per class; the label is a class number.</summary>
    MultiClass,

    /// <summary>One real number.</summary>
    Regression,

    /// <summary>The logarithm of a rate; the label is a count.</summary>
    Count,
}
