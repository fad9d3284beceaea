namespace Polymath.Tests;

/// <summary>Finds the folder with golden fixtures and real data: <c>$POLYMATH_SHARED</c>, else <c>../shared</c> beside the checkout.</summary>
internal static class SharedFiles
{
    /// <summary>Full path of the shared folder, or null when this machine has none.</summary>
    public static string? Root { get; } = Find();

    /// <summary>Why a test that needs the folder was skipped.</summary>
    public const string Missing = "golden fixtures not found: set POLYMATH_SHARED or place them at ../shared";

    /// <summary>Every golden file of a system whose name starts with one of the prefixes, ordered by name; empty when there is no folder.</summary>
    public static IEnumerable<string> Golden(string system, params string[] prefixes)
    {
        if (Root is null) return [];
        string folder = Path.Combine(Root, "golden", system);
        if (!Directory.Exists(folder)) return [];
        return Directory.EnumerateFiles(folder, "*.json")
            .Where(path => prefixes.Length == 0 || prefixes.Any(prefix => Path.GetFileName(path).StartsWith(prefix, StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal);
    }

    /// <summary>
    /// Rows for a golden theory: file names (not paths). One empty row when the folder is missing, so that the test runs and
    /// skips itself through <see cref="Require"/> instead of vanishing.
    /// </summary>
    public static TheoryData<string> GoldenRows(string system, params string[] prefixes)
    {
        var rows = new TheoryData<string>();
        foreach (string path in Golden(system, prefixes)) rows.Add(Path.GetFileName(path));
        if (rows.Count == 0) rows.Add(string.Empty);
        return rows;
    }

    /// <summary>Full path of one golden file; skips the calling test when the folder is missing.</summary>
    public static string Require(string system, string file)
    {
        if (Root is null || file.Length == 0) Assert.Skip(Missing);
        return Path.Combine(Root, "golden", system, file);
    }

    /// <summary>Full path of a file or folder of real data; skips the calling test when it is missing.</summary>
    public static string RequireData(params string[] parts)
    {
        string? path = Root is null ? null : Path.Combine([Root, "data", .. parts]);
        if (path is null || !(File.Exists(path) || Directory.Exists(path))) Assert.Skip($"real data not found: {string.Join('/', parts)} under POLYMATH_SHARED or ../shared");
        return path;
    }

    private static string? Find()
    {
        string? named = Environment.GetEnvironmentVariable("POLYMATH_SHARED");
        if (!string.IsNullOrEmpty(named)) return Directory.Exists(named) ? Path.GetFullPath(named) : null;
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Polymath.slnx"))) continue;
            string beside = Path.Combine(folder.FullName, "..", "shared");
            return Directory.Exists(beside) ? Path.GetFullPath(beside) : null;
        }

        return null;
    }
}
