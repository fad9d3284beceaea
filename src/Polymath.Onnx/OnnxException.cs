namespace Polymath.Onnx;

/// <summary>A model or an encoder cannot be written as an ONNX file; the message says what is in the way.</summary>
public sealed class OnnxException : Exception
{
    /// <summary>With a message.</summary>
    public OnnxException(string message)
        : base(message)
    {
    }
}
