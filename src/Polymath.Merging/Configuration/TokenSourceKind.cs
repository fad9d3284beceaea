namespace Polymath.Merging.Configuration;

/// <summary>What a token's embedding is made of.</summary>
public enum TokenSourceKind
{
    /// <summary>The embedding of the same token in a model.</summary>
    Model,

    /// <summary>The embedding of a token of a model, given by text or id.</summary>
    ModelToken,

    /// <summary>Zeros.</summary>
    Zero,
}
