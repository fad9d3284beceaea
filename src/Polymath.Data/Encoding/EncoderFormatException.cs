namespace Polymath.Data;

/// <summary>A saved encoder is truncated, not an encoder, or contradicts itself.</summary>
public sealed class EncoderFormatException : TableException
{
    /// <summary>An error in a saved encoder.</summary>
    public EncoderFormatException(string message, string source, Exception? inner = null)
        : base(message, source, inner: inner)
    {
    }
}
