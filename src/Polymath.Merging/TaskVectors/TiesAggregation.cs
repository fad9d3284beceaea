namespace Polymath.Merging.TaskVectors;

/// <summary>How TIES joins the entries that agree with the elected sign.</summary>
public enum TiesAggregation
{
    /// <summary>Their mean ("dis-mean"), which is the paper's.</summary>
    Mean,

    /// <summary>Their sum ("dis-sum").</summary>
    Sum,

    /// <summary>The one of largest magnitude ("dis-max").</summary>
    Max,
}
