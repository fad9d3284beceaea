using Polymath.Merging.Blending;

namespace Polymath.Merging.Sparsifying;

/// <summary>
/// Finds the k-th largest of many keys without sorting and without holding them. The bits of a non-negative single order like its value, so keys are
/// compared as whole numbers. A sample brackets the answer and one pass gathers the few keys within (<see cref="RankBrackets"/>); where that does not
/// work out, passes that count the bits find it (<see cref="RankHistogram"/>).
/// </summary>
/// <remarks>Either way the result is exact: equal keys are told apart by their position. It is the same at any thread count.</remarks>
internal static class RankSelection
{
    /// <summary>Writes the keys of a block; all non-negative. <paramref name="row"/> tells which of the selections is meant.</summary>
    public delegate ReadOnlySpan<float> Keys(Block block, int row);

    /// <summary>The cut above which exactly <c>ranks[row]</c> elements lie, for each row of keys.</summary>
    /// <param name="tensor">The tensor; it may be cut anywhere for the keys.</param>
    /// <param name="scratch">Scratch spans that the keys need.</param>
    /// <param name="ranks">For each row how many elements are wanted, 0 to all.</param>
    /// <param name="keys">The keys.</param>
    public static RankCut[] Largest(TensorMerge tensor, int scratch, IReadOnlyList<long> ranks, Keys keys)
    {
        RankCut[] cuts = [.. ranks.Select(rank => rank >= tensor.Elements ? RankCut.All : RankCut.None)];
        int[] open = [.. Enumerable.Range(0, ranks.Count).Where(row => ranks[row] > 0 && ranks[row] < tensor.Elements)];
        if (open.Length == 0) return cuts;
        using var brackets = new RankBrackets(tensor, scratch, open, [.. open.Select(row => ranks[row])], keys);
        int[] missed = [.. Enumerable.Range(0, open.Length).Where(i => !brackets.TryCut(i, out cuts[open[i]])).Select(i => open[i])];
        if (missed.Length == 0) return cuts;
        RankCut[] counted = RankHistogram.Largest(tensor, scratch, missed, [.. missed.Select(row => ranks[row])], keys);
        for (int i = 0; i < missed.Length; i++) cuts[missed[i]] = counted[i];
        return cuts;
    }

    /// <summary>The bits of the keys of some ranks, where keys are any 32 bits that order as whole numbers.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="granularity">How the tensor may be cut for the keys.</param>
    /// <param name="scratch">Scratch spans that the keys need.</param>
    /// <param name="ranks">For each row which largest is wanted, from 1 to all.</param>
    /// <param name="keys">The keys.</param>
    public static uint[] LargestBits(TensorMerge tensor, Granularity granularity, int scratch, IReadOnlyList<long> ranks, Keys keys)
        => new RankHistogram([.. Enumerable.Range(0, ranks.Count)], [.. ranks]).Find([(tensor, keys)], granularity, scratch);

    /// <summary>The bits of the key of a rank among the keys of several tensors.</summary>
    /// <param name="parts">The tensors with their keys, which need no scratch.</param>
    /// <param name="rank">Which largest is wanted, from 1 to all.</param>
    public static uint LargestBits(IReadOnlyList<(TensorMerge Tensor, Keys Keys)> parts, long rank) => new RankHistogram([0], [rank]).Find(parts, Granularity.Elements, 0)[0];
}
