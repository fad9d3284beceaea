namespace Polymath.Merging.TaskVectors;

/// <summary>A model in memory that takes part in a merge.</summary>
/// <param name="Name">Its name, for messages and random streams.</param>
/// <param name="State">Its weights.</param>
/// <param name="Parameters">The method's per-model parameters: numbers, flags, or a <see cref="Configuration.ParameterSetting"/> with filters and values over the layers; null for the defaults.</param>
public sealed record StateMergeInput(string Name, ModelState State, IReadOnlyDictionary<string, object>? Parameters = null);
