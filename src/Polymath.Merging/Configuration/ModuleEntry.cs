namespace Polymath.Merging.Configuration;

/// <summary>One part of a model of several parts, such as the text decoder of a vision-language model.</summary>
/// <param name="Name">The module's name: a prefix of its tensor names, or <c>*</c> for what no other module takes.</param>
/// <param name="Models">Whole models, or null when slices are given.</param>
/// <param name="Slices">Slices, or null when whole models are given.</param>
/// <param name="Parameters">What is set for this module.</param>
/// <param name="Line">The line of the configuration, from 1.</param>
public sealed record ModuleEntry(string Name, IReadOnlyList<ModelEntry>? Models, IReadOnlyList<SliceEntry>? Slices, ParameterTable Parameters, long Line);
