namespace Polymath.Boosting;

/// <summary>What the trees of a model say about the worth of a feature.</summary>
public enum ImportanceKind
{
    /// <summary>The summed gain of its splits: by how much they lowered the quadratic model of the training loss.</summary>
    Gain,

    /// <summary>The number of its splits.</summary>
    Splits,
}
