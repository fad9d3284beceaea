using Polymath.Learning.Metrics;

namespace Polymath.Tabular.Comparing;

/// <summary>A number that every training of a cell has: a task's metric, or the mean over tasks.</summary>
/// <param name="Values">By seed; NaN where the training failed or the number is undefined.</param>
/// <param name="Difference">How it differs from the reference; null for the reference itself and where either has no result.</param>
public sealed record CellScore(IReadOnlyList<double> Values, PairedDifference? Difference)
{
    /// <summary>Mean over seeds; NaN without any.</summary>
    public double Mean { get; } = Values.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();

    /// <summary>Standard deviation over seeds (n - 1); NaN with fewer than two.</summary>
    public double Deviation { get; } = DeviationOf([.. Values.Where(double.IsFinite)]);

    private static double DeviationOf(double[] values)
    {
        if (values.Length < 2) return double.NaN;
        double mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
    }
}
