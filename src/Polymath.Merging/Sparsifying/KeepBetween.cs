using System.Numerics;
using Polymath.Merging.Blending;

namespace Polymath.Merging.Sparsifying;

/// <summary>Keeps the elements above one cut of the order of magnitudes and not above another: the largest, or the largest but for outliers.</summary>
/// <param name="keep">Elements above stay.</param>
/// <param name="drop">Elements above are dropped all the same.</param>
internal sealed class KeepBetween(RankCut keep, RankCut drop) : ISparsifier
{
    /// <inheritdoc/>
    public void Apply(Block block, Span<float> delta)
    {
        int i = 0;
        // Where the block lies on one side of both tie positions, the comparison is one of thresholds alone.
        if (Settled(keep, block) && Settled(drop, block))
        {
            bool keepTies = block.Start < keep.TieEnd, dropTies = block.Start < drop.TieEnd;
            Vector<float> low = new(keep.Threshold), high = new(drop.Threshold);
            for (; i <= delta.Length - Vector<float>.Count; i += Vector<float>.Count)
            {
                Vector<float> value = new(delta[i..]), magnitude = Vector.Abs(value);
                Vector<int> above = keepTies ? Vector.GreaterThanOrEqual(magnitude, low) : Vector.GreaterThan(magnitude, low);
                Vector<int> outlier = dropTies ? Vector.GreaterThanOrEqual(magnitude, high) : Vector.GreaterThan(magnitude, high);
                Vector.ConditionalSelect(Vector.AndNot(above, outlier), value, Vector<float>.Zero).CopyTo(delta[i..]);
            }
        }

        for (; i < delta.Length; i++)
        {
            float magnitude = Math.Abs(delta[i]);
            if (!keep.Above(magnitude, block.Start + i) || drop.Above(magnitude, block.Start + i)) delta[i] = 0;
        }
    }

    private static bool Settled(RankCut cut, Block block) => cut.TieEnd <= block.Start || cut.TieEnd >= block.Start + block.Length;
}
