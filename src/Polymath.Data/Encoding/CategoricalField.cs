namespace Polymath.Data;

/// <summary>One categorical input of an encoded table.</summary>
/// <param name="Name">Name of the column.</param>
/// <param name="Cardinality">Number of ids: ids lie in [0, Cardinality); 0 is unknown or rare.</param>
public sealed record CategoricalField(string Name, int Cardinality);
