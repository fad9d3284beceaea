namespace Polymath.Tensors;

/// <summary>A tensor operation was given something it cannot work with; the message names the operation, what was found and what was expected.</summary>
public sealed class TensorException : Exception
{
    /// <summary>An exception with a one-sentence message.</summary>
    public TensorException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with a one-sentence message and its cause.</summary>
    public TensorException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An exception without details.</summary>
    public TensorException()
    {
    }
}
