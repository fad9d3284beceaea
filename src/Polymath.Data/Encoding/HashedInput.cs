using System.Text.Json;

namespace Polymath.Data;

/// <summary>
/// A category whose vocabulary is too large to keep: id 0 is missing, other texts share the ids from 1 by their hash (64-bit FNV-1a, modulo the
/// number of buckets). Categories unknown to training have an id like all others.
/// </summary>
internal sealed class HashedInput(string name, int buckets) : InputColumn(name), IItemIds
{
    public override ColumnKind Kind => ColumnKind.Categorical;

    public override IReadOnlyList<string> Features => [];

    public override int Cardinality => buckets + 1;

    public static HashedInput Read(string name, JsonField field) => new(name, field.Whole("buckets", 1, int.MaxValue - 1));

    public override FeatureWriter<int> Ids(Table table)
    {
        Column column = Find(table);
        if (column is not CategoricalColumn categorical) return (rows, destination, stride) =>
        {
            for (int i = 0; i < rows.Length; i++) destination[i * stride] = IdOf(column.Text(rows[i]));
        };

        int[] idOfCode = [0, .. categorical.Categories.Select(IdOf)];
        return (rows, destination, stride) =>
        {
            ReadOnlySpan<int> codes = categorical.Codes;
            for (int i = 0; i < rows.Length; i++) destination[i * stride] = idOfCode[codes[rows[i]] + 1];
        };
    }

    public override void Write(Utf8JsonWriter json)
    {
        json.WriteString("name", Name);
        json.WriteString("kind", "hashed");
        json.WriteNumber("buckets", buckets);
    }

    /// <summary>The id of a text; 0 for none.</summary>
    public int IdOf(string? text)
    {
        if (text is null) return 0;
        const ulong Start = 0xCBF29CE484222325, Prime = 0x100000001B3;
        ulong hash = Start;
        foreach (char letter in text) hash = unchecked((hash ^ letter) * Prime);
        return 1 + (int)(hash % (ulong)buckets);
    }
}
