namespace Polymath.Learning.Losses;

/// <summary>A factored output layer was given something it cannot learn from; the message says what was found, expected, and what helps.</summary>
public sealed class FactoredOutputException : Exception
{
    /// <summary>An error about the layer, or about one example of the batch.</summary>
    /// <param name="message">One sentence: found, expected, remedy.</param>
    /// <param name="example">Index of the offending example in the batch, when there is one.</param>
    public FactoredOutputException(string message, int? example = null)
        : base(message) => Example = example;

    /// <summary>Index of the offending example in the batch, or null.</summary>
    public int? Example { get; }
}
