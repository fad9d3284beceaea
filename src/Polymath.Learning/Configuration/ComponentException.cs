namespace Polymath.Learning.Configuration;

/// <summary>A loss, optimiser or schedule was named or configured wrongly; one sentence says what was found and what is known.</summary>
public sealed class ComponentException : Exception
{
    /// <summary>An error with a one-sentence message.</summary>
    public ComponentException(string message)
        : base(message)
    {
    }

    /// <summary>An error with a one-sentence message and its cause.</summary>
    public ComponentException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An error without details.</summary>
    public ComponentException()
    {
    }
}
