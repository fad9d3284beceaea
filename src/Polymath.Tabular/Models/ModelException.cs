namespace Polymath.Tabular;

/// <summary>A model was named, configured or fed wrongly; the message is one sentence: found, expected, remedy.</summary>
public sealed class ModelException : Exception
{
    /// <summary>An exception with a one-sentence message.</summary>
    public ModelException(string message)
        : base(message)
    {
    }
}
