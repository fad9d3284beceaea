namespace Polymath.Merging;

/// <summary>Models cannot be merged as asked. One sentence names the file, model, tensor or parameter, what was found and what was expected.</summary>
public sealed class MergeException : Exception
{
    /// <summary>An exception with a one-sentence message.</summary>
    public MergeException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with a one-sentence message and its cause.</summary>
    public MergeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An exception without details.</summary>
    public MergeException()
    {
    }
}
