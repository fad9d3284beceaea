namespace Polymath.Merging.Fusion;

/// <summary>What gets a weight of its own.</summary>
public enum FusionLevel
{
    /// <summary>Every tensor.</summary>
    Tensor,

    /// <summary>Every element.</summary>
    Element,
}
