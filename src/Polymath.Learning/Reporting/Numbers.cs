using System.Globalization;

namespace Polymath.Learning.Reporting;

/// <summary>Numbers as text for readers: true minus signs, thousands separated, undefined values marked.</summary>
internal static class Numbers
{
    /// <summary>What stands where there is no value.</summary>
    public const string None = "\u2013";

    /// <summary>A gain: sign always, unit after it.</summary>
    public static string Percent(double value)
    {
        if (!double.IsFinite(value)) return None;
        string digits = Math.Abs(value).ToString(Math.Abs(value) < 10 ? "0.00" : Math.Abs(value) < 1000 ? "0.0" : "0.0e0", CultureInfo.InvariantCulture);
        string sign = digits == "0.00" ? "" : value < 0 ? "\u2212" : "+";
        return $"{sign}{digits}\u00a0%";
    }

    /// <summary>The size of a spread in percentage points, as precise as a gain, without sign and unit.</summary>
    public static string Points(double value) => Percent(Math.Abs(value)).TrimStart('+').Replace("\u00a0%", "", StringComparison.Ordinal);

    /// <summary>A metric to four decimals, which 1 or 0 bounds; fewer where it is large.</summary>
    public static string Metric(double? value) => Format(value, "0.0000");

    /// <summary>A metric: an error has no scale of its own and is written as a quantity.</summary>
    public static string Metric(double? value, bool higherIsBetter) => higherIsBetter ? Metric(value) : Quantity(value);

    /// <summary>A loss, an error or a norm to about four significant digits, however small it is.</summary>
    public static string Quantity(double? value) => Format(value, "0.###e0");

    /// <summary>A count with thousands separators.</summary>
    public static string Count(long value) => Signed(value.ToString("#,##0", CultureInfo.InvariantCulture));

    /// <summary>A count to three digits with a unit prefix: 1.25 M.</summary>
    public static string Short(double value)
    {
        if (!double.IsFinite(value)) return None;
        (double divisor, string unit) = Math.Abs(value) switch { >= 1e12 => (1e12, "\u00a0T"), >= 1e9 => (1e9, "\u00a0G"), >= 1e6 => (1e6, "\u00a0M"), >= 1e4 => (1e3, "\u00a0k"), _ => (1.0, "") };
        double scaled = value / divisor;
        return Signed(scaled.ToString(Math.Abs(scaled) >= 100 ? "#,##0" : unit.Length == 0 ? "0.##" : "0.0#", CultureInfo.InvariantCulture)) + unit;
    }

    /// <summary>A size in memory to three digits: "812 B", "64.0 kB", "3.20 MB"; powers of 1000.</summary>
    public static string Bytes(long value)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB"];
        double scaled = Math.Max(0, value);
        int unit = 0;
        while (scaled >= 999.5 && unit < units.Length - 1)
        {
            scaled /= 1000;
            unit++;
        }

        return scaled.ToString(unit == 0 || scaled >= 99.95 ? "0" : scaled >= 9.995 ? "0.0" : "0.00", CultureInfo.InvariantCulture) + "\u00a0" + units[unit];
    }

    /// <summary>A duration: "4.2 s", "3 min 05 s", "2 h 10 min".</summary>
    public static string Duration(double seconds)
    {
        if (!double.IsFinite(seconds) || seconds < 0) return None;
        if (seconds < 60) return seconds.ToString(seconds < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture) + "\u00a0s";
        if (seconds > 1e9) return Short(seconds / 3600) + "\u00a0h";
        var span = TimeSpan.FromSeconds(Math.Round(seconds));
        return span.TotalHours >= 1 ? $"{(long)span.TotalHours}\u00a0h\u00a0{span.Minutes:00}\u00a0min" : $"{span.Minutes}\u00a0min\u00a0{span.Seconds:00}\u00a0s";
    }

    /// <summary>Replaces the hyphen of a formatted number by a minus sign.</summary>
    public static string Signed(string number) => number.Replace('-', '\u2212');

    private static string Format(double? value, string small)
    {
        if (value is not double number || double.IsNaN(number)) return None;
        if (double.IsInfinity(number)) return number > 0 ? "\u221e" : "\u2212\u221e";
        string format = Math.Abs(number) switch { 0 => "0", >= 1e6 => "0.###e0", >= 1000 => "#,##0", >= 100 => "0.0", >= 10 => "0.00", >= 1e-3 => "0.0000", _ => small };
        string text = number.ToString(format, CultureInfo.InvariantCulture);
        return text == "-0.0000" ? "0.0000" : Signed(text);
    }
}
