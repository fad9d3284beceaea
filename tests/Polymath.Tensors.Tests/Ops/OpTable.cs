namespace Polymath.Tests;

/// <summary>Every operation of the engine; a new one is tested by adding its row.</summary>
internal static class OpTable
{
    public static IReadOnlyList<OpSpec> Specs { get; } = [.. ElementwiseSpecs.All(), .. ReductionSpecs.All(), .. LayoutSpecs.All(), .. LayerSpecs.All(), .. AttentionSpecs.All(), .. LossSpecs.All(), .. TabularSpecs.All()];

    public static OpSpec Find(string name) => Specs.Single(spec => spec.Name == name);
}
