namespace Polymath.Learning.Training;

/// <summary>Training cannot go on: a loss is not finite, data and model do not fit, or a checkpoint is not this run's. One sentence says which.</summary>
public sealed class TrainingException : Exception
{
    /// <summary>An exception with a one-sentence message.</summary>
    public TrainingException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with a one-sentence message and its cause.</summary>
    public TrainingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An exception without details.</summary>
    public TrainingException()
    {
    }
}
