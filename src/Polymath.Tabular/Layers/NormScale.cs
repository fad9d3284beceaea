namespace Polymath.Tabular;

/// <summary>How the gamma of a condition becomes the scale of a layer normalisation.</summary>
public enum NormScale
{
    /// <summary>1 + gamma: with a small gamma training starts from an ordinary transformer.</summary>
    OnePlus,

    /// <summary>gamma itself; the hypernetwork then starts at gamma = 1, since a scale of 0 would let nothing through.</summary>
    Direct,
}
