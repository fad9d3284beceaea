namespace Polymath.Merging.Planning;

/// <summary>A run of output layers and the models that make it, checked and with files open.</summary>
/// <param name="Sources">The models in their order, the base included where it takes part.</param>
/// <param name="Layers">Number of layers.</param>
/// <param name="Levels">What is set for the slice and above it.</param>
/// <param name="Line">The line of the configuration, from 1.</param>
internal sealed record Slice(IReadOnlyList<SliceSource> Sources, int Layers, ParameterLevels Levels, long Line)
{
    /// <summary>The model whose tensors are the ones to make: the base, or else the first.</summary>
    public SliceSource Leading => Sources.FirstOrDefault(source => source.IsBase) ?? Sources[0];
}
