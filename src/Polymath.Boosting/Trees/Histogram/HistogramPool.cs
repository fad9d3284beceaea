using System.Collections.Concurrent;

namespace Polymath.Boosting;

/// <summary>Histograms to use again, in pinned memory.</summary>
/// <param name="length">Numbers in one.</param>
internal sealed class HistogramPool(int length)
{
    private readonly ConcurrentBag<long[]> _free = [];

    /// <summary>Numbers in one histogram.</summary>
    public int Length => length;

    /// <summary>A histogram with any content.</summary>
    public long[] Rent() => _free.TryTake(out long[]? histogram) ? histogram : GC.AllocateUninitializedArray<long>(length, pinned: true);

    /// <summary>Takes one back.</summary>
    public void Return(long[] histogram) => _free.Add(histogram);
}
