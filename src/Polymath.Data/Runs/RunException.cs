namespace Polymath.Data.Runs;

/// <summary>A run cannot start or a run folder cannot be used; one sentence says what was found, what was expected and what helps.</summary>
public sealed class RunException : Exception
{
    /// <summary>An exception with a one-sentence message.</summary>
    public RunException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with a one-sentence message and its cause.</summary>
    public RunException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An exception without details.</summary>
    public RunException()
    {
    }
}
