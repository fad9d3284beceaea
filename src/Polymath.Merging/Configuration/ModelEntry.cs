namespace Polymath.Merging.Configuration;

/// <summary>A model that takes part in a merge or in one slice of it.</summary>
/// <param name="Model">Which model.</param>
/// <param name="Layers">The layers that are taken, or null for all.</param>
/// <param name="Parameters">What is set for this model.</param>
/// <param name="Line">The line of the configuration, from 1.</param>
public sealed record ModelEntry(ModelReference Model, LayerRange? Layers, ParameterTable Parameters, long Line);
