namespace Polymath.Boosting;

/// <summary>Data and options cannot be boosted, or a model cannot be used as asked. One sentence says what was found and what was expected.</summary>
public sealed class BoostingException : Exception
{
    /// <summary>An exception with a one-sentence message.</summary>
    public BoostingException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with a one-sentence message and its cause.</summary>
    public BoostingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An exception without details.</summary>
    public BoostingException()
    {
    }
}
