namespace Polymath.Merging.Twin;

/// <summary>How an exclusive vector is made small.</summary>
public enum CompressionKind
{
    /// <summary>The leading singular triples of every matrix, kept as two factors.</summary>
    LowRank,

    /// <summary>The elements of largest magnitude of every tensor.</summary>
    Magnitude,

    /// <summary>Elements kept by chance and divided by that chance (DARE).</summary>
    Bernoulli,
}
