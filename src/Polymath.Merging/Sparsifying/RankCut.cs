using System.Runtime.CompilerServices;

namespace Polymath.Merging.Sparsifying;

/// <summary>A cut in the order of magnitudes: which elements are among the k largest.</summary>
/// <param name="Threshold">The k-th largest magnitude.</param>
/// <param name="TieEnd">Elements of exactly that magnitude belong to the k largest when they stand before this position.</param>
/// <remarks>Equal magnitudes are ranked by their position, the first one largest, so that exactly k elements are above the cut.</remarks>
public readonly record struct RankCut(float Threshold, long TieEnd)
{
    /// <summary>Every element is above.</summary>
    public static RankCut All { get; } = new(-1f, long.MaxValue);

    /// <summary>No element is above.</summary>
    public static RankCut None { get; } = new(float.PositiveInfinity, 0);

    /// <summary>Whether an element is among the k largest.</summary>
    /// <param name="magnitude">Its magnitude.</param>
    /// <param name="position">Its position in the tensor.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Above(float magnitude, long position) => magnitude > Threshold || (magnitude == Threshold && position < TieEnd);
}
