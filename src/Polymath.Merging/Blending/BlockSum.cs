namespace Polymath.Merging.Blending;

/// <summary>What a block adds to sums over the whole tensor.</summary>
/// <param name="block">The block.</param>
/// <param name="sums">The block's partial sums, zero at first.</param>
public delegate void BlockSum(Block block, Span<double> sums);
