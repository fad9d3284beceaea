namespace Polymath.Merging.Blending;

/// <summary>A rule written as a function.</summary>
/// <param name="apply">Merges one block into its output.</param>
/// <param name="granularity">How the tensor may be cut.</param>
/// <param name="scratch">How many spans of scratch a block needs.</param>
public sealed class BlockRule(Action<Block> apply, Granularity granularity = Granularity.Elements, int scratch = 0) : IBlockRule
{
    /// <inheritdoc/>
    public Granularity Granularity => granularity;

    /// <inheritdoc/>
    public int Scratch => scratch;

    /// <summary>The elements of one source, unchanged.</summary>
    /// <param name="source">The position in <see cref="TensorMerge.Sources"/>.</param>
    public static BlockRule Copy(int source) => new(block => block.Source(source).CopyTo(block.Output));

    /// <inheritdoc/>
    public void Apply(Block block) => apply(block);
}
