namespace Polymath.Merging.Planning;

/// <summary>Which tensors the output has when not every model has the same.</summary>
public enum TensorSelection
{
    /// <summary>
    /// Those of the base, or else of the first model; each must be in every model. Single files without a config.json must hold the same tensors;
    /// what else the models of folders hold is left out with a warning.
    /// </summary>
    Leading,

    /// <summary>Those that every model has.</summary>
    Intersection,

    /// <summary>Those that any model has, merged from the models that have them.</summary>
    Union,
}
