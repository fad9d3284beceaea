using System.Globalization;

namespace Polymath.Merging.Twin;

/// <summary>How exclusive vectors are made small. Tensors of one axis are always kept whole.</summary>
/// <remarks>
/// The paper gives a mask rate, and its code keeps floor((1 - rate) n) in double precision, where (1 - 0.9) x 10 is 0; <see cref="FromMaskRate"/>
/// repeats that. A density given as such is not rounded down by such a hair, and keeps at least one.
/// </remarks>
/// <example><code>
/// var options = new TwinOptions { Compression = TwinCompression.LowRank(0.1) };
/// </code></example>
public sealed record TwinCompression
{
    private const double Hair = 1e-9;

    private TwinCompression(CompressionKind kind, double density, int? rank, bool official) => (Kind, Density, Rank, Official) = (kind, density, rank, official);

    /// <summary>What is done.</summary>
    public CompressionKind Kind { get; }

    /// <summary>The part that is kept: of the smaller side of a matrix, or of the elements. 1 and more keep everything, 0 and less nothing.</summary>
    public double Density { get; }

    /// <summary>A fixed rank instead of a density, or null.</summary>
    public int? Rank { get; }

    /// <summary>The seed of <see cref="CompressionKind.Bernoulli"/>.</summary>
    public ulong Seed { get; init; }

    private bool Official { get; }

    /// <summary>A part of the singular triples: floor(density min(rows, columns)), at least one.</summary>
    /// <param name="density">The part, more than 0.</param>
    public static TwinCompression LowRank(double density) => new(CompressionKind.LowRank, Require(density), null, official: false);

    /// <summary>So many singular triples of every matrix.</summary>
    /// <param name="rank">How many, 1 or more; a matrix with fewer keeps all.</param>
    public static TwinCompression OfRank(int rank) => new(CompressionKind.LowRank, 1, rank >= 1 ? rank : throw new MergeException($"twin-merging: found rank {rank}, expected 1 or more."), official: false);

    /// <summary>A part of the elements, the largest.</summary>
    /// <param name="density">The part, more than 0.</param>
    public static TwinCompression Magnitude(double density) => new(CompressionKind.Magnitude, Require(density), null, official: false);

    /// <summary>A part of the elements, by chance, divided by the part.</summary>
    /// <param name="density">The part, more than 0.</param>
    /// <param name="seed">Names the draws.</param>
    public static TwinCompression Bernoulli(double density, ulong seed = 0) => new(CompressionKind.Bernoulli, Require(density), null, official: false) { Seed = seed };

    /// <summary>As the paper's code counts: the part 1 - <paramref name="maskRate"/>, rounded down without mercy.</summary>
    /// <param name="kind">What is done.</param>
    /// <param name="maskRate">The part that is dropped.</param>
    public static TwinCompression FromMaskRate(CompressionKind kind, double maskRate) => new(kind, 1 - maskRate, null, official: true);

    /// <summary>How many of n are kept.</summary>
    internal int Kept(int n)
    {
        if (Rank is { } rank) return Math.Min(rank, n);
        if (Density >= 1) return n;
        if (Density <= 0) return 0;
        return Official ? (int)Math.Floor(Density * n) : Math.Clamp((int)Math.Floor((Density * n) + Hair), 1, n);
    }

    /// <summary>"rank 8", "10 % of the rank", "10 % of the elements by magnitude".</summary>
    public override string ToString() => Kind switch
    {
        CompressionKind.LowRank when Rank is { } rank => string.Create(CultureInfo.InvariantCulture, $"rank {rank}"),
        CompressionKind.LowRank => string.Create(CultureInfo.InvariantCulture, $"{Density:P0} of the rank"),
        CompressionKind.Magnitude => string.Create(CultureInfo.InvariantCulture, $"{Density:P0} of the elements by magnitude"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Density:P0} of the elements by chance"),
    };

    private static double Require(double density) => density > 0 ? density : throw new MergeException($"twin-merging: found density {density.ToString(CultureInfo.InvariantCulture)}, expected more than 0.");
}
