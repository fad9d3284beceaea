namespace Polymath.Merging.Planning;

/// <summary>A part of the output with its own stack of layers; a model of one part is one module.</summary>
/// <param name="Naming">The part of the leading model whose names the output has.</param>
/// <param name="Slices">What it is made of.</param>
internal sealed record PlannedModule(SourceModel Naming, IReadOnlyList<Slice> Slices);
