using System.Globalization;

namespace Polymath.Cli;

/// <summary>Sizes as people write them: 500MB, 2GB, 5B (mergekit's five billion), or plain bytes. Units are powers of 1000.</summary>
internal static class SizeText
{
    private static readonly (string Unit, double Bytes)[] s_units = [("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("K", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12), ("B", 1e9)];

    /// <summary>Bytes of a size.</summary>
    /// <param name="flag">The flag, for the message.</param>
    /// <param name="text">The size.</param>
    /// <exception cref="UsageException">Not a positive size.</exception>
    public static long Parse(string flag, string text)
    {
        string trimmed = text.Trim();
        (string unit, double factor) = s_units.Where(known => trimmed.EndsWith(known.Unit, StringComparison.OrdinalIgnoreCase)).DefaultIfEmpty((string.Empty, 1)).First();
        if (!double.TryParse(trimmed[..^unit.Length], NumberStyles.Float, CultureInfo.InvariantCulture, out double number) || !(number * factor >= 1) || number * factor > long.MaxValue / 2.0)
            throw new UsageException($"{flag}: found '{text}', expected a size such as 500MB or 2GB.");
        return (long)(number * factor);
    }

    /// <summary>"4.13 GB".</summary>
    public static string Format(long bytes)
    {
        (string unit, double factor) = bytes switch { >= 1_000_000_000_000 => ("TB", 1e12), >= 1_000_000_000 => ("GB", 1e9), >= 1_000_000 => ("MB", 1e6), >= 1_000 => ("kB", 1e3), _ => ("B", 1.0) };
        return (bytes / factor).ToString(factor == 1 ? "0" : bytes / factor >= 99.95 ? "0" : bytes / factor >= 9.995 ? "0.0" : "0.00", CultureInfo.InvariantCulture) + " " + unit;
    }
}
