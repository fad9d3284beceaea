namespace Polymath.Tabular;

/// <summary>One categorical input of a model.</summary>
/// <param name="Name">Name of the column.</param>
/// <param name="Cardinality">Number of ids, at least 1: ids lie in [0, Cardinality).</param>
public sealed record CategoricalFeature(string Name, int Cardinality);
