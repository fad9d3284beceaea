namespace Polymath.Benchmarks.Comparison;

/// <summary>One of those who take turns in the rounds of a case, and its samples so far.</summary>
/// <param name="sample">Takes a sample, in seconds per operation.</param>
internal sealed class Side(Func<double> sample)
{
    private readonly List<double> _seconds = [];

    public Spread Spread => Spread.Of(_seconds);

    /// <summary>A peer, warmed up.</summary>
    public static Side Of(Peer peer, string request)
    {
        peer.Sample(request);
        return new Side(() => peer.Sample(request));
    }

    /// <summary>Takes a sample.</summary>
    public void Add() => _seconds.Add(sample());

    /// <summary>Median over the rounds of this side's time / the other's in the same round: what disturbs a whole round cancels out.</summary>
    public double Over(Side other) => Spread.MedianOf(_seconds.Zip(other._seconds, (mine, theirs) => mine / theirs));
}
