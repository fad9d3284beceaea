namespace Polymath.Learning.Optimization;

/// <summary>An optimiser was given a block, groups or a saved state that do not fit. One sentence says which.</summary>
public sealed class OptimizerException : Exception
{
    /// <summary>An error with a one-sentence message.</summary>
    public OptimizerException(string message)
        : base(message)
    {
    }

    /// <summary>An error with a one-sentence message and its cause.</summary>
    public OptimizerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An error without details.</summary>
    public OptimizerException()
    {
    }
}
