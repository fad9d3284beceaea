using System.Globalization;

namespace Polymath.Benchmarks.Comparison;

/// <summary>Numbers with a unit, three significant digits.</summary>
internal static class Quantity
{
    private static readonly (double Scale, string Unit)[] s_times = [(1, "s"), (1e-3, "ms"), (1e-6, "us"), (1e-9, "ns")];

    public static string Seconds(double value)
    {
        (double scale, string unit) = s_times.FirstOrDefault(entry => value >= entry.Scale, s_times[^1]);
        return $"{Digits(value / scale)} {unit}";
    }

    public static string Rate(double bytesPerSecond) => bytesPerSecond < 1e9 ? $"{Digits(bytesPerSecond / 1e6)} MB/s" : $"{Digits(bytesPerSecond / 1e9)} GB/s";

    /// <summary>Billions.</summary>
    public static string Giga(double value) => Digits(value / 1e9);

    public static string Digits(double value) => value.ToString(value switch { < 10 => "F2", < 100 => "F1", _ => "F0" }, CultureInfo.InvariantCulture);
}
