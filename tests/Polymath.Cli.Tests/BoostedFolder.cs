namespace Polymath.Tests;

/// <summary>One small finished run of boosted trees that tests may read but not change.</summary>
public sealed class BoostedFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public BoostedFolder()
    {
        Data = _folder.WriteTable();
        Run = _folder["run"];
        CommandLine.Succeed(["boost", Data, .. Settings, "--out", Run]);
    }

    /// <summary>Settings that are boosted in a moment.</summary>
    public static string[] Settings => ["--task", "c", "-t", "amount:regression", "--drop", "kind,yes", "--shared-iterations", "10", "--robust-iterations", "5", "--task-iterations", "10", "--max-leaves", "4", "--patience", "0"];

    /// <summary>The training table.</summary>
    public string Data { get; }

    /// <summary>The run.</summary>
    public string Run { get; }

    public void Dispose() => _folder.Dispose();
}
