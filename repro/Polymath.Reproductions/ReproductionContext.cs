using Polymath.Tensors;

namespace Polymath.Reproductions;

/// <summary>What a reproduction is told and where it reports to.</summary>
/// <example><code>
/// var context = new ReproductionContext { Quick = true };
/// ReproductionReport report = PublishedSystems.Find("balancers").Reproduce(context);
/// </code></example>
public sealed class ReproductionContext
{
    private const string SharedVariable = "POLYMATH_SHARED", PicturesFolder = "pictures";

    /// <summary>A run of about a minute that shows the effect, instead of the full one.</summary>
    public bool Quick { get; init; }

    /// <summary>Seeds to repeat with; null leaves it to the system.</summary>
    public int? Seeds { get; init; }

    /// <summary>The folder of real data, or null when there is none; see <see cref="FindData"/>.</summary>
    public string? DataFolder { get; init; }

    /// <summary>The folder that pictures are written to; null draws none.</summary>
    public string? OutputFolder { get; init; }

    /// <summary>Told how far the run is.</summary>
    public Action<ReproductionProgress>? Progress { get; init; }

    /// <summary>Asks the run to stop; it then throws <see cref="OperationCanceledException"/> and has written nothing.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>The folder of real data: the one given, else <c>$POLYMATH_SHARED/data</c>, else <c>../shared/data</c> beside the current folder or one of its parents.</summary>
    /// <param name="given">What the user names, or null.</param>
    /// <returns>A folder that exists, or null when none was named and none is found.</returns>
    /// <exception cref="ReproductionException">The folder that was named does not exist.</exception>
    public static string? FindData(string? given)
    {
        if (given is not null) return Directory.Exists(given) ? given : throw new ReproductionException($"--data: found no folder '{given}', expected the folder of the data sets.");
        if (Environment.GetEnvironmentVariable(SharedVariable) is { Length: > 0 } shared)
        {
            string named = Path.Combine(shared, "data");
            return Directory.Exists(named) ? named : throw new ReproductionException($"{SharedVariable}: found no folder '{named}', expected the folder of the data sets there.");
        }

        for (DirectoryInfo? folder = new(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            string beside = Path.Combine(folder.FullName, "..", "shared", "data");
            if (Directory.Exists(beside)) return Path.GetFullPath(beside);
        }

        return null;
    }

    /// <summary>Full path of a data file or folder that the system cannot do without.</summary>
    /// <param name="relative">Its path under the data folder, with '/': "sklearn-small/digits.csv".</param>
    /// <exception cref="ReproductionException">There is no data folder, or the file is not in it.</exception>
    public string Require(string relative)
    {
        ArgumentException.ThrowIfNullOrEmpty(relative);
        if (DataFolder is null) throw new ReproductionException($"this reproduction reads {relative}, and no folder of data sets was found; name the one that holds it with --data or set {SharedVariable} to its parent.");
        string path = Path.Combine([DataFolder, .. relative.Split('/')]);
        return File.Exists(path) || Directory.Exists(path) ? path : throw new ReproductionException($"this reproduction reads {relative}, which is not in {DataFolder}; name the folder that holds it with --data.");
    }

    /// <summary>Tells how far the run is, and stops it here when that was asked for.</summary>
    /// <param name="done">Work done.</param>
    /// <param name="total">All the work.</param>
    /// <param name="text">What is being done.</param>
    /// <exception cref="OperationCanceledException">The run was asked to stop.</exception>
    public void Report(double done, double total, string text)
    {
        CancellationToken.ThrowIfCancellationRequested();
        Progress?.Invoke(new ReproductionProgress(done, total, text));
    }

    /// <summary>Writes a picture, if pictures are wanted.</summary>
    /// <param name="file">Its file name, unique among all systems.</param>
    /// <param name="caption">What it shows.</param>
    /// <param name="write">Writes the SVG.</param>
    /// <returns>The picture for the report.</returns>
    public ReportPicture Draw(string file, string caption, Action<TextWriter> write)
    {
        if (OutputFolder is not null)
        {
            string folder = Path.Combine(OutputFolder, PicturesFolder);
            Directory.CreateDirectory(folder);
            AtomicFile.WriteText(Path.Combine(folder, file), write);
        }

        return new ReportPicture(file, caption);
    }
}
