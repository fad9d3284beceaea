namespace Polymath.Learning.Regularization;

/// <summary>A regulariser was given losses or a representation it cannot work with.</summary>
public sealed class RegularizerException : Exception
{
    /// <summary>An error about the representation, or about one task.</summary>
    /// <param name="message">One sentence: found, expected, remedy.</param>
    /// <param name="position">Position of the offending task among the losses given, when there is one.</param>
    public RegularizerException(string message, int? position = null)
        : base(message) => Position = position;

    /// <summary>Position of the offending task among the losses given, or null.</summary>
    public int? Position { get; }
}
