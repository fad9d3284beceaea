namespace Polymath.Benchmarks.Comparison;

/// <summary>One piece of work that both sides do.</summary>
/// <param name="Name">Group and details, such as <c>gemm/n=512</c>; a prefix of it selects the case.</param>
/// <param name="Ours">Makes our side.</param>
internal sealed record Case(string Name, Func<Workload> Ours)
{
    /// <summary>The request that makes a peer do the same; null when there is none to compare with.</summary>
    public string? Peer { get; init; }

    /// <summary>Whether the peer's kernels matter; where they do not, it is measured as installed only.</summary>
    public bool UsesBlas { get; init; } = true;

    /// <summary>Additions and multiplications of one operation; 0 when they are not what limits it.</summary>
    public double Flops { get; init; }

    /// <summary>Bytes that one operation has to read and write; 0 when they are not what limits it.</summary>
    public double Bytes { get; init; }

    /// <summary>The loop that <see cref="Yardstick.Bandwidth"/> compares with: the one with the same mix of reads and writes.</summary>
    public MemoryLoop? Loop { get; init; }

    /// <summary>What is reported.</summary>
    public IReadOnlyList<Goal> Goals { get; init; } = [];

    /// <summary>Whether the case counts in the geometric mean of its group.</summary>
    public bool InMean { get; init; }

    /// <summary>Why the case cannot run here, one sentence; null when it can.</summary>
    public string? Unavailable { get; init; }

    /// <summary>Whether the machine's peaks must be known.</summary>
    public bool NeedsPeaks => Flops > 0;
}
