namespace Polymath.Learning.Relevance;

/// <summary>Heads, costs, budgets or samples cannot be used for estimating relevance or for allocating samples. One sentence: found, expected, remedy.</summary>
public sealed class RelevanceException : Exception
{
    /// <summary>An error about the whole problem, or about one source task.</summary>
    /// <param name="message">One sentence: found, expected, remedy.</param>
    /// <param name="taskIndex">Index of the offending source task, when there is one.</param>
    public RelevanceException(string message, int? taskIndex = null)
        : base(message) => TaskIndex = taskIndex;

    /// <summary>Index of the offending source task, or null.</summary>
    public int? TaskIndex { get; }
}
