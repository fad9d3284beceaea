namespace Polymath.Boosting;

/// <summary>Where the scores start.</summary>
public enum InitialPrediction
{
    /// <summary>At the constant of least loss over all rows: the mean of a number, the log odds of a class.</summary>
    Constant,

    /// <summary>At 0, as in the code of the paper; few iterations at a small learning rate then leave a part of the mean unlearned.</summary>
    Zero,
}
