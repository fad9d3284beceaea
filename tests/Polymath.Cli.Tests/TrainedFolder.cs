namespace Polymath.Tests;

/// <summary>One small finished run that tests may read but not change.</summary>
public sealed class TrainedFolder : IDisposable
{
    /// <summary>A model that trains in a moment.</summary>
    public const string Model = "shared-bottom:bottom-hidden=8,tower-hidden=none";

    private readonly TemporaryFolder _folder = new();

    public TrainedFolder()
    {
        Data = _folder.WriteTable();
        Run = _folder["run"];
        CommandLine.Succeed("train", Data, "--out", Run, "-t", "yes:binary", "-t", "amount", "-t", "kind", "-m", Model, "-e", "3");
    }

    /// <summary>The training table.</summary>
    public string Data { get; }

    /// <summary>The run.</summary>
    public string Run { get; }

    /// <summary>A copy of the run that may be changed.</summary>
    internal string CopyTo(TemporaryFolder folder)
    {
        string copy = folder["run"];
        Directory.CreateDirectory(copy);
        foreach (string file in Directory.EnumerateFiles(Run)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        return copy;
    }

    public void Dispose() => _folder.Dispose();
}
