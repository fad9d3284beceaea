using System.Numerics;

namespace Polymath.Learning.Metrics;

/// <summary>Metrics of regression tasks over the observed rows only, accumulated in double precision. Undefined metrics are NaN.</summary>
/// <example><code>
/// MetricValue r2 = RegressionMetrics.R2&lt;float&gt;([1, 2, 3], [1.1f, 1.9f, 3.2f]);
/// </code></example>
public static class RegressionMetrics
{
    /// <summary>Root of the mean squared error.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="targets">[n].</param>
    /// <param name="predictions">[n].</param>
    public static MetricValue Rmse<T>(ReadOnlySpan<T> targets, ReadOnlySpan<T> predictions)
        where T : struct, IFloatingPointIeee754<T>
    {
        double[] residuals = Residuals(targets, predictions, nameof(Rmse));
        return new(Math.Sqrt(SquaredDeviation(residuals, 0) / residuals.Length), residuals.Length);
    }

    /// <summary>Mean absolute error.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="targets">[n].</param>
    /// <param name="predictions">[n].</param>
    public static MetricValue Mae<T>(ReadOnlySpan<T> targets, ReadOnlySpan<T> predictions)
        where T : struct, IFloatingPointIeee754<T>
    {
        double[] residuals = Residuals(targets, predictions, nameof(Mae));
        double sum = 0;
        foreach (double residual in residuals) sum += Math.Abs(residual);
        return new(sum / residuals.Length, residuals.Length);
    }

    /// <summary>Coefficient of determination: 1 - sum (y - p)^2 / sum (y - mean y)^2. NaN for a constant target.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="targets">[n].</param>
    /// <param name="predictions">[n].</param>
    public static MetricValue R2<T>(ReadOnlySpan<T> targets, ReadOnlySpan<T> predictions)
        where T : struct, IFloatingPointIeee754<T>
    {
        double[] residuals = Residuals(targets, predictions, nameof(R2));
        return new(Explained(SquaredDeviation(residuals, 0), targets), residuals.Length);
    }

    /// <summary>Explained variance: 1 - Var(y - p) / Var(y), which a constant bias does not lower. NaN for a constant target.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="targets">[n].</param>
    /// <param name="predictions">[n].</param>
    public static MetricValue ExplainedVariance<T>(ReadOnlySpan<T> targets, ReadOnlySpan<T> predictions)
        where T : struct, IFloatingPointIeee754<T>
    {
        double[] residuals = Residuals(targets, predictions, nameof(ExplainedVariance));
        return new(Explained(SquaredDeviation(residuals, Mean(residuals)), targets), residuals.Length);
    }

    /// <summary>Spearman's rank correlation: Pearson's of the midranks. NaN when either side is constant.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="targets">[n].</param>
    /// <param name="predictions">[n].</param>
    public static MetricValue Spearman<T>(ReadOnlySpan<T> targets, ReadOnlySpan<T> predictions)
        where T : struct, IFloatingPointIeee754<T>
    {
        Observations.RequireSameLength(targets.Length, predictions.Length, nameof(Spearman));
        int n = targets.Length;
        if (Observations.AnyNaN(targets) || Observations.AnyNaN(predictions)) return MetricValue.Undefined(n);
        double[] x = Observations.MidRanks(Observations.Doubles(targets)), y = Observations.MidRanks(Observations.Doubles(predictions));
        double middle = 0.5 * (n + 1), xy = 0, xx = 0, yy = 0;
        for (int i = 0; i < n; i++)
        {
            xy += (x[i] - middle) * (y[i] - middle);
            xx += (x[i] - middle) * (x[i] - middle);
            yy += (y[i] - middle) * (y[i] - middle);
        }

        return new(xx == 0 || yy == 0 ? double.NaN : xy / Math.Sqrt(xx * yy), n);
    }

    private static double[] Residuals<T>(ReadOnlySpan<T> targets, ReadOnlySpan<T> predictions, string metric)
        where T : struct, IFloatingPointIeee754<T>
    {
        Observations.RequireSameLength(targets.Length, predictions.Length, metric);
        double[] residuals = new double[targets.Length];
        for (int i = 0; i < residuals.Length; i++) residuals[i] = double.CreateChecked(targets[i]) - double.CreateChecked(predictions[i]);
        return residuals;
    }

    private static double Explained<T>(double unexplained, ReadOnlySpan<T> targets)
        where T : struct, IFloatingPointIeee754<T>
    {
        double[] values = Observations.Doubles(targets);
        double total = SquaredDeviation(values, Mean(values));

        // The mean of equal numbers may be off by rounding, which would make the total tiny instead of zero.
        bool constant = values.AsSpan().IndexOfAnyExcept(values.Length > 0 ? values[0] : 0) < 0;
        return total > 0 && !constant ? 1 - (unexplained / total) : double.NaN;
    }

    private static double Mean(double[] values)
    {
        double sum = 0;
        foreach (double value in values) sum += value;
        return sum / values.Length;
    }

    private static double SquaredDeviation(double[] values, double center)
    {
        double sum = 0;
        foreach (double value in values) sum += (value - center) * (value - center);
        return sum;
    }
}
