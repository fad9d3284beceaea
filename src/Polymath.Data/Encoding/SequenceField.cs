namespace Polymath.Data;

/// <summary>One list of ids per row of an encoded table.</summary>
/// <param name="Name">Name of the column.</param>
/// <param name="Cardinality">Number of ids: ids lie in [0, Cardinality); 0 is unknown or rare.</param>
/// <param name="MaxLength">Most ids of a row.</param>
/// <param name="Item">The categorical field that has the same ids, or null.</param>
public sealed record SequenceField(string Name, int Cardinality, int MaxLength, string? Item);
