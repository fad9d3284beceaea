namespace Polymath.Tabular;

/// <summary>One line of a model's size table.</summary>
/// <param name="Name">"embedding", "experts", "gates", "towers", ...</param>
/// <param name="Parameters">Trained values.</param>
/// <param name="FlopsPerRow">Multiplications and additions for one input row; activations are not counted.</param>
public sealed record ModelPart(string Name, long Parameters, long FlopsPerRow);
