using Polymath.Learning.Training;

namespace Polymath.Reproductions.FlatMtl;

/// <summary>A way of using a balancer: alone, or in flat regions.</summary>
/// <param name="Name">For tables.</param>
/// <param name="Regions">The sharpness-aware step; null for the balancer alone.</param>
internal sealed record FlatVariant(string Name, FlatRegions? Regions)
{
    /// <summary>The balancer alone.</summary>
    public static FlatVariant Alone { get; } = new("alone", null);

    /// <summary>F-, SAM with rho = 0.05.</summary>
    public static FlatVariant Sam { get; } = new("F-, SAM 0.05", new FlatRegions { Rho = 0.05 });

    /// <summary>F-, ASAM with rho = 2.</summary>
    public static FlatVariant Asam { get; } = new("F-, ASAM 2", new FlatRegions { Rho = 2, Adaptive = true });

    /// <summary>a-, the gradients at the perturbed parameters combined at once, ASAM with rho = 2.</summary>
    public static FlatVariant Direct { get; } = new("a-, ASAM 2", new FlatRegions { Rho = 2, Adaptive = true, Split = FlatSplit.Direct });

    /// <summary>All of them, in the order of the tables.</summary>
    public static IReadOnlyList<FlatVariant> All { get; } = [Alone, Sam, Asam, Direct];
}
