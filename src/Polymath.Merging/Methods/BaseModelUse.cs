namespace Polymath.Merging.Methods;

/// <summary>What a method does with a base model.</summary>
public enum BaseModelUse
{
    /// <summary>It works on differences to the base and cannot do without.</summary>
    Required,

    /// <summary>It works on differences to the base when there is one.</summary>
    Optional,

    /// <summary>A base model has no special role: it takes part only when it is listed among the models.</summary>
    Ignored,
}
