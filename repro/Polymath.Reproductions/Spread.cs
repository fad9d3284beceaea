using System.Globalization;

namespace Polymath.Reproductions;

/// <summary>A measurement over seeds: its mean, how far single seeds lie from it, and how many there were.</summary>
/// <param name="Mean">The mean over the seeds.</param>
/// <param name="Deviation">The sample standard deviation (n - 1); NaN with fewer than two seeds.</param>
/// <param name="Seeds">How many values went in.</param>
/// <example><code>
/// Spread r2 = Spread.Of([0.84, 0.86, 0.85]);   // 0.85 ± 0.01 over 3 seeds
/// </code></example>
public readonly record struct Spread(double Mean, double Deviation, int Seeds)
{
    /// <summary>The spread of some values.</summary>
    /// <param name="values">One per seed, at least one.</param>
    public static Spread Of(params IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfZero(values.Count, nameof(values));
        double mean = values.Average();
        double squares = values.Sum(value => (value - mean) * (value - mean));
        return new Spread(mean, values.Count < 2 ? double.NaN : Math.Sqrt(squares / (values.Count - 1)), values.Count);
    }

    /// <summary>"0.85 ± 0.01", or "0.85" of one seed.</summary>
    /// <param name="decimals">Digits after the point.</param>
    public string Text(int decimals)
    {
        string mean = Number(Mean, decimals);
        return double.IsNaN(Deviation) || Seeds < 2 ? mean : $"{mean} ± {Number(Deviation, decimals)}";
    }

    /// <summary>A number for a table; "-" when undefined.</summary>
    internal static string Number(double value, int decimals)
    {
        if (double.IsNaN(value)) return "-";
        string text = value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return text.AsSpan().IndexOfAnyInRange('1', '9') < 0 ? text.TrimStart('-') : text;      // no "-0.00"
    }
}
