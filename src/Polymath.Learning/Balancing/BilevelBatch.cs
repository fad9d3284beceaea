namespace Polymath.Learning.Balancing;

/// <summary>The rows that a bilevel rule can look at.</summary>
public enum BilevelBatch
{
    /// <summary>Rows on which the parameters are fitted to given task weights.</summary>
    Inner,

    /// <summary>Other rows, on which that fit is judged.</summary>
    Outer,

    /// <summary>The batch of the training step, always seen at the parameters as they are.</summary>
    Step,
}
