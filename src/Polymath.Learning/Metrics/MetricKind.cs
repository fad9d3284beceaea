namespace Polymath.Learning.Metrics;

/// <summary>The kind of task a metric belongs to, and with it the layout of its predictions.</summary>
public enum MetricKind
{
    /// <summary>Labels 0 or 1; predictions are probabilities (or scores, for ranking metrics), [n].</summary>
    Binary,

    /// <summary>Labels are class numbers from 0; predictions are probabilities, [n, classes] row-major.</summary>
    MultiClass,

    /// <summary>Targets and predictions are numbers, [n].</summary>
    Regression,
}
