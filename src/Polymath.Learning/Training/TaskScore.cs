namespace Polymath.Learning.Training;

/// <summary>How well one task is predicted on one set of rows, in the label's own units.</summary>
/// <param name="Task">The task's name.</param>
/// <param name="Primary">Name of the metric that decides.</param>
/// <param name="HigherIsBetter">Whether a larger primary metric is better.</param>
/// <param name="Observed">Rows with a label.</param>
/// <param name="Metrics">All metrics by name; NaN where undefined.</param>
public sealed record TaskScore(string Task, string Primary, bool HigherIsBetter, int Observed, IReadOnlyDictionary<string, double> Metrics)
{
    /// <summary>Value of the primary metric.</summary>
    public double Value => Metrics[Primary];

    /// <summary>The primary metric turned so that larger is better.</summary>
    public double Utility => HigherIsBetter ? Value : -Value;
}
