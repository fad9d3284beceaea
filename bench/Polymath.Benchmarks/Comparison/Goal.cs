using System.Globalization;

namespace Polymath.Benchmarks.Comparison;

/// <summary>A figure to report about a case and, usually, the value it should reach.</summary>
/// <param name="Yardstick">What is compared.</param>
/// <param name="Bound">The value to reach: at least for speed ratios and bandwidths, at most for times and bytes; NaN only reports.</param>
internal sealed record Goal(Yardstick Yardstick, double Bound = double.NaN)
{
    public bool IsTarget => !double.IsNaN(Bound);

    /// <summary>Whether smaller values are better.</summary>
    public bool AtMost => Yardstick is Yardstick.MatrixProductTime or Yardstick.Seconds or Yardstick.Allocation;

    /// <summary>The column heading of the figure.</summary>
    public string Heading => Yardstick switch
    {
        Yardstick.TunedPeer => "x tuned peer",
        Yardstick.OtherPeer => "x peer",
        Yardstick.InstalledPeer => "x installed peer",
        Yardstick.MatrixProductTime => "time / its FLOPs at SGEMM peak",
        Yardstick.Bandwidth => "of bandwidth",
        Yardstick.Seconds => "time",
        Yardstick.Allocation => "bytes allocated",
        _ => throw new InvalidOperationException($"{Yardstick} has no heading."),
    };

    public bool Meets(double value) => AtMost ? value <= Bound : value >= Bound;

    /// <summary>"&gt;= 0.90".</summary>
    public string Target => IsTarget ? $"{(AtMost ? "<=" : ">=")} {Text(Bound)}" : string.Empty;

    public string Text(double value) => Yardstick switch
    {
        _ when double.IsNaN(value) => "-",
        Yardstick.Bandwidth => value.ToString("P0", CultureInfo.InvariantCulture).Replace(" ", string.Empty, StringComparison.Ordinal),
        Yardstick.Seconds => Quantity.Seconds(value),
        Yardstick.Allocation => value.ToString("N0", CultureInfo.InvariantCulture),
        _ => value.ToString("F2", CultureInfo.InvariantCulture),
    };
}
