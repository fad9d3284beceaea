namespace Polymath.Reproductions;

/// <summary>A reproduction cannot be run: an unknown system, or data that is not there. The message is one sentence that says what helps.</summary>
public sealed class ReproductionException : Exception
{
    /// <summary>An error.</summary>
    /// <param name="message">What was found, what was expected, what helps.</param>
    public ReproductionException(string message)
        : base(message)
    {
    }

    /// <summary>An error with its cause.</summary>
    /// <param name="message">What was found, what was expected, what helps.</param>
    /// <param name="inner">The cause.</param>
    public ReproductionException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>An error without a message.</summary>
    public ReproductionException()
    {
    }
}
