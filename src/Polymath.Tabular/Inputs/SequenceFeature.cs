using Polymath.Data;

namespace Polymath.Tabular;

/// <summary>One list of ids per row: a history of items, a set of tags.</summary>
/// <param name="Name">Name of the column, which also names the kind of behaviour: "clicks".</param>
/// <param name="Cardinality">Number of ids, at least 1: ids lie in [0, Cardinality).</param>
/// <param name="MaxLength">Most ids a batch holds of a row, at least 1.</param>
/// <param name="Item">The categorical field whose ids these are, so that both share one table of vectors; null for a table of its own.</param>
public sealed record SequenceFeature(string Name, int Cardinality, int MaxLength, string? Item = null)
{
    internal static SequenceFeature Of(SequenceField field) => new(field.Name, field.Cardinality, field.MaxLength, field.Item);
}
