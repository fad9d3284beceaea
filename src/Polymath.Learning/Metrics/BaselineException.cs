namespace Polymath.Learning.Metrics;

/// <summary>A multi-task gain was asked for without a usable single-task baseline.</summary>
public sealed class BaselineException : Exception
{
    /// <summary>An error about the baseline of one metric of one task.</summary>
    /// <param name="message">One sentence: found, expected, remedy.</param>
    /// <param name="task">The task, when there is one.</param>
    /// <param name="metric">The metric, when there is one.</param>
    public BaselineException(string message, string? task = null, string? metric = null)
        : base(message)
    {
        Task = task;
        Metric = metric;
    }

    /// <summary>The task concerned.</summary>
    public string? Task { get; }

    /// <summary>The metric concerned.</summary>
    public string? Metric { get; }
}
