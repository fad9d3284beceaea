using System.Reflection;

namespace Polymath.Reproductions;

/// <summary>The reports of full runs that this build carries: <c>repro/results/*.json</c>.</summary>
public static class RecordedResults
{
    private const string Prefix = "results/", Suffix = ".json";

    /// <summary>The slugs with a recorded report, sorted.</summary>
    public static IReadOnlyList<string> Slugs { get; } =
    [
        .. Resources.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..^Suffix.Length])
            .Order(StringComparer.Ordinal),
    ];

    private static Assembly Resources => typeof(RecordedResults).Assembly;

    /// <summary>The recorded report of a system, or null when it has none.</summary>
    /// <param name="slug">The short name.</param>
    /// <exception cref="FormatException">The recorded file is damaged.</exception>
    public static ReproductionReport? Find(string slug)
    {
        using Stream? stream = Resources.GetManifestResourceStream($"{Prefix}{slug}{Suffix}");
        if (stream is null) return null;
        using var reader = new StreamReader(stream);
        return ReproductionReport.FromJson(reader.ReadToEnd());
    }
}
