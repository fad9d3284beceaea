namespace Polymath.Merging.Execution;

/// <summary>Where and how a merge is written.</summary>
public sealed record MergeOptions
{
    /// <summary>Bytes of a shard unless set: 5 GB, as Hugging Face writes them.</summary>
    public const long DefaultShardBytes = 5_000_000_000;

    /// <summary>The folder to create, or a file ending in <c>.safetensors</c> for the tensors alone.</summary>
    public required string Output { get; init; }

    /// <summary>The most bytes of tensors in a file; a larger tensor has a file of its own.</summary>
    public long ShardBytes { get; init; } = DefaultShardBytes;

    /// <summary>The most bytes of working memory; a method that has to hold a whole tensor refuses one that needs more.</summary>
    public long MemoryBytes { get; init; } = 2_000_000_000;

    /// <summary>Whether an existing output is replaced.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Whether a result that is not a finite number ends the merge instead of a warning.</summary>
    public bool RefuseNonFinite { get; init; }

    /// <summary>Files to write beside the tensors, besides those of the plan: a report.</summary>
    public IReadOnlyList<Planning.PlannedFile> Beside { get; init; } = [];

    /// <summary>Whether each file is on the disk, not only with the system, before it counts as finished.</summary>
    public bool Durable { get; init; } = true;
}
