namespace Polymath.Tabular;

/// <summary>The parts of a <see cref="FeatureGate"/>.</summary>
public sealed record FeatureGateOptions
{
    /// <summary>How the factors are computed. Default: low-rank maps.</summary>
    public FeatureGateKind Kind { get; init; } = FeatureGateKind.Lora;

    /// <summary>r, the rank of every map, or the hidden width of the network, at least 1. Above half of the inputs a map has more weights than a full matrix. Default: 64.</summary>
    public int Rank { get; init; } = 64;

    /// <summary>L, the number of low-rank maps, at least 1. Default: 2.</summary>
    public int Count { get; init; } = 2;
}
