using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Polymath.Data;
using Polymath.Learning;

namespace Polymath.Tabular;

/// <summary>What a row is made of: numeric columns and categorical fields.</summary>
/// <example><code>
/// var schema = new FeatureSchema(["age", "hours"], [new CategoricalFeature("country", 40)]);
/// FeatureSchema plain = FeatureSchema.Numeric(6);
/// </code></example>
public sealed record FeatureSchema
{
    private readonly int[] _counts;

    /// <summary>A schema.</summary>
    /// <param name="numericNames">Names of the numeric columns, in the order of <see cref="Batch.Numeric"/>.</param>
    /// <param name="fields">The categorical fields, in the order of <see cref="Batch.Categories"/>.</param>
    /// <exception cref="ModelException">No column at all, a name given twice, or a field without ids.</exception>
    public FeatureSchema(IReadOnlyList<string> numericNames, IReadOnlyList<CategoricalFeature> fields)
    {
        ArgumentNullException.ThrowIfNull(numericNames);
        ArgumentNullException.ThrowIfNull(fields);
        if (numericNames.Count + fields.Count == 0) throw new ModelException("FeatureSchema: found no input columns, expected at least one numeric column or categorical field.");
        string? twice = numericNames.Concat(fields.Select(field => field.Name)).GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null) throw new ModelException($"FeatureSchema: two inputs are named '{twice}', expected different names.");
        foreach (CategoricalFeature field in fields)
        {
            if (field.Cardinality < 1) throw new ModelException($"FeatureSchema: field '{field.Name}' has {field.Cardinality} ids, expected at least 1.");
        }

        NumericNames = numericNames;
        Fields = fields;
        _counts = [.. fields.Select(field => field.Cardinality)];
    }

    /// <summary>Names of the numeric columns.</summary>
    public IReadOnlyList<string> NumericNames { get; }

    /// <summary>The categorical fields.</summary>
    public IReadOnlyList<CategoricalFeature> Fields { get; }

    /// <summary>D, the number of numeric columns.</summary>
    public int NumericWidth => NumericNames.Count;

    /// <summary>A schema of numeric columns only, named x0, x1, ...</summary>
    /// <param name="width">Number of columns, at least 1.</param>
    public static FeatureSchema Numeric(int width) => new([.. Enumerable.Range(0, Math.Max(0, width)).Select(i => $"x{i}")], []);

    /// <summary>The columns of an encoded table.</summary>
    public static FeatureSchema Of(EncodedTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return new FeatureSchema(table.NumericNames, [.. table.Fields.Select(field => new CategoricalFeature(field.Name, field.Cardinality))]);
    }

    /// <summary>The columns of an encoded table, so that a model can be made from one: <c>new MMoE(encoded, tasks)</c>.</summary>
    public static implicit operator FeatureSchema(EncodedTable table) => Of(table);

    /// <summary>Checks that a batch fits: shapes, finite numbers, ids in range.</summary>
    /// <exception cref="ModelException">It does not; the message names the column, the row and the value.</exception>
    public void Require(Batch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (NumericWidth > 0)
        {
            if (batch.Numeric.Shape.Rank != 2 || batch.Numeric.Shape[0] != batch.Rows || batch.Numeric.Shape[1] != NumericWidth) throw new ModelException($"batch: found numeric inputs {batch.Numeric.Shape}, expected [{batch.Rows}, {NumericWidth}].");
            ReadOnlySpan<float> values = batch.Numeric.Span;
            if (!TensorPrimitives.IsFiniteAll<float>(values)) throw NotFinite(values);
        }

        if (Fields.Count == 0) return;
        if (batch.Categories.Shape.Rank != 2 || batch.Categories.Shape[0] != batch.Rows || batch.Categories.Shape[1] != Fields.Count) throw new ModelException($"batch: found category ids {batch.Categories.Shape}, expected [{batch.Rows}, {Fields.Count}].");
        ReadOnlySpan<int> ids = batch.Categories.Span;
        for (int row = 0; row < batch.Rows; row++)
        {
            if (!AllBelow(ids.Slice(row * _counts.Length, _counts.Length), _counts)) throw OutOfRange(ids, row);
        }
    }

    /// <summary>Whether 0 &lt;= id &lt; count everywhere; one comparison per register, as every batch of a training passes here.</summary>
    private static bool AllBelow(ReadOnlySpan<int> ids, ReadOnlySpan<int> counts)
    {
        ReadOnlySpan<uint> a = MemoryMarshal.Cast<int, uint>(ids), b = MemoryMarshal.Cast<int, uint>(counts);
        int i = 0;
        for (; i + Vector<uint>.Count <= a.Length; i += Vector<uint>.Count)
        {
            if (!Vector.LessThanAll(new Vector<uint>(a[i..]), new Vector<uint>(b[i..]))) return false;
        }

        for (; i < a.Length; i++)
        {
            if (a[i] >= b[i]) return false;
        }

        return true;
    }

    private ModelException OutOfRange(ReadOnlySpan<int> ids, int row)
    {
        int field = 0;
        while ((uint)ids[(row * _counts.Length) + field] < (uint)_counts[field]) field++;
        return new ModelException($"batch: field '{Fields[field].Name}' has id {ids[(row * _counts.Length) + field]} in row {row}, expected [0, {_counts[field]}).");
    }

    private ModelException NotFinite(ReadOnlySpan<float> values)
    {
        int at = 0;
        while (float.IsFinite(values[at])) at++;
        return new ModelException($"batch: numeric column '{NumericNames[at % NumericWidth]}' is {values[at]} in row {at / NumericWidth}, expected a finite number.");
    }
}
