namespace Polymath.Benchmarks.Comparison;

/// <summary>What was measured about one case with one number of threads.</summary>
/// <param name="Case">The case's name.</param>
/// <param name="Threads">Threads of either side.</param>
/// <param name="Rounds">Samples of each side.</param>
/// <param name="Date">The day, yyyy-MM-dd.</param>
/// <param name="Ours">Our samples.</param>
internal sealed record ResultRow(string Case, int Threads, int Rounds, string Date, Spread Ours)
{
    /// <summary>Samples of the peer at its best; null without one.</summary>
    public Spread? Tuned { get; init; }

    /// <summary>Samples of the peer as installed; null without one.</summary>
    public Spread? Installed { get; init; }

    /// <summary>Median over the rounds of the tuned peer's time / ours in the same round.</summary>
    public double? OverTuned { get; init; }

    /// <summary>Median over the rounds of the installed peer's time / ours in the same round.</summary>
    public double? OverInstalled { get; init; }

    /// <summary>Samples of the memory loop; null without one.</summary>
    public Spread? Loop { get; init; }

    /// <summary>Median over the rounds of the memory loop's time / ours in the same round.</summary>
    public double? OverLoop { get; init; }

    /// <summary>Bytes that one operation leaves to the garbage collector; null when not counted.</summary>
    public double? Allocated { get; init; }

    /// <summary>Bytes of the file that one operation reads; null when there is none.</summary>
    public long? FileBytes { get; init; }

    /// <summary>Why a side is missing; null when none is.</summary>
    public string? Note { get; init; }
}
