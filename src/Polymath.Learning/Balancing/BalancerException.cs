namespace Polymath.Learning.Balancing;

/// <summary>A balancer was named or configured wrongly, or was given losses or gradients it cannot weigh.</summary>
public sealed class BalancerException : Exception
{
    /// <summary>An error about a balancer, or about one task's values.</summary>
    /// <param name="message">One sentence: found, expected, remedy.</param>
    /// <param name="taskIndex">Index of the offending task in the full task list, when there is one.</param>
    public BalancerException(string message, int? taskIndex = null)
        : base(message) => TaskIndex = taskIndex;

    /// <summary>Index of the offending task in the full task list, or null.</summary>
    public int? TaskIndex { get; }
}
