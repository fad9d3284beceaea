using Polymath.Merging.Configuration;

namespace Polymath.Merging.Planning;

/// <summary>A model's part in a slice, with its files open.</summary>
/// <param name="Model">The model.</param>
/// <param name="FirstLayer">Its first layer.</param>
/// <param name="Parameters">What is set for it.</param>
/// <param name="IsBase">Whether it is the base model.</param>
internal sealed record SliceSource(SourceModel Model, int FirstLayer, ParameterTable Parameters, bool IsBase);
