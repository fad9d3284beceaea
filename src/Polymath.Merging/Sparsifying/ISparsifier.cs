using Polymath.Merging.Blending;

namespace Polymath.Merging.Sparsifying;

/// <summary>Drops elements of one model's task vector, block by block.</summary>
internal interface ISparsifier
{
    /// <summary>Sets the dropped elements to zero.</summary>
    /// <param name="block">The block that the elements belong to.</param>
    /// <param name="delta">The block's elements of the task vector; changed in place.</param>
    void Apply(Block block, Span<float> delta);
}
