namespace Polymath.Merging.Blending;

/// <summary>How the blocks of one tensor are merged, once everything that concerns the whole tensor is known.</summary>
public interface IBlockRule
{
    /// <summary>How the tensor may be cut.</summary>
    Granularity Granularity { get; }

    /// <summary>How many spans of scratch a block needs.</summary>
    int Scratch { get; }

    /// <summary>Merges one block into <see cref="Block.Output"/>. Called from several threads, a block each.</summary>
    /// <param name="block">The block.</param>
    void Apply(Block block);
}
