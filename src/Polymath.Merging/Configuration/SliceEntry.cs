namespace Polymath.Merging.Configuration;

/// <summary>A run of output layers with the models' layers that make it.</summary>
/// <param name="Sources">The models with their layers; all ranges have one length.</param>
/// <param name="Base">The base model of this slice, or null for that of the merge.</param>
/// <param name="Parameters">What is set for this slice.</param>
/// <param name="Line">The line of the configuration, from 1.</param>
public sealed record SliceEntry(IReadOnlyList<ModelEntry> Sources, ModelReference? Base, ParameterTable Parameters, long Line);
