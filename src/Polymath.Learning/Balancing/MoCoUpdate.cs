namespace Polymath.Learning.Balancing;

/// <summary>How <see cref="MoCo"/> brings its weights back to the simplex after a step.</summary>
public enum MoCoUpdate
{
    /// <summary>The softmax of the weights themselves, as LibMTL: they stay near 1/K.</summary>
    Softmax,

    /// <summary>The Euclidean projection, as the paper.</summary>
    Projection,
}
