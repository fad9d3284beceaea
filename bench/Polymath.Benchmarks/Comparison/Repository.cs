namespace Polymath.Benchmarks.Comparison;

/// <summary>Where files are found.</summary>
internal static class Repository
{
    /// <summary>The folder above this program that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A shared data file, or null where it is not there: in the folder POLYMATH_SHARED, else in ../shared.</summary>
    public static string? SharedFile(params ReadOnlySpan<string> path)
    {
        string folder = Environment.GetEnvironmentVariable("POLYMATH_SHARED") is { Length: > 0 } given ? given : Path.Combine(Root, "..", "shared");
        string file = Path.Combine([folder, .. path]);
        return File.Exists(file) ? file : null;
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Polymath.slnx"))) return folder.FullName;
        }

        throw new InvalidOperationException("the program is not inside the repository, expected it where dotnet build put it.");
    }
}
