using Polymath.Learning.Metrics;
using Polymath.Learning.Training;

namespace Polymath.Learning.Reporting;

/// <summary>
/// The metric that a gain over the single-task model is measured by. R2 can be zero or negative, so that nothing can be divided by
/// it: where it is the primary metric the gain is the relative fall of the RMSE, which has the same sign.
/// </summary>
public static class GainMetric
{
    private const string Unbounded = "r2", Error = "rmse";

    /// <summary>What the reader has to know about it.</summary>
    public const string Note = "The gain of a task scored by R2 is the relative fall of its RMSE.";

    /// <summary>The metric for a task.</summary>
    public static Metric Of(Target target)
    {
        Metric primary = Evaluation.PrimaryMetric(target);
        return primary.Name == Unbounded ? Metric.Find(primary.Kind, Error) : primary;
    }

    /// <summary>Whether a task's gain is measured by another metric than the one it is judged by.</summary>
    public static bool Differs(Target target) => Evaluation.PrimaryMetric(target).Name == Unbounded;
}
