namespace Polymath.Merging.Twin;

/// <summary>What a twin model costs, and where it was measured, what it is worth.</summary>
public sealed record TwinReport
{
    /// <summary>Bytes of one model in single precision.</summary>
    public required long BaseBytes { get; init; }

    /// <summary>Bytes of the shared expert.</summary>
    public required long SharedBytes { get; init; }

    /// <summary>Bytes of what each task adds.</summary>
    public required IReadOnlyList<long> TaskBytes { get; init; }

    /// <summary>How often an example of a true task (row) was routed to a task (column), or null.</summary>
    public int[][]? RouterConfusion { get; init; }

    /// <summary>Shared expert and all tasks.</summary>
    public long TotalBytes => SharedBytes + TaskBytes.Sum();

    /// <summary>How many times smaller than T models.</summary>
    public double Ratio => (double)BaseBytes * TaskBytes.Count / Math.Max(1, TotalBytes);

    /// <summary>The share of examples that the router gave to their task, or null.</summary>
    public double? RouterAccuracy => RouterConfusion is { } counts ? (double)counts.Select((row, task) => row[task]).Sum() / Math.Max(1, counts.Sum(row => row.Sum())) : null;
}
