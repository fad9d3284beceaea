using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Polymath.Data;
using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>What a row is made of: numeric columns, categorical fields and lists of ids.</summary>
/// <example><code>
/// var schema = new FeatureSchema(["age", "hours"], [new CategoricalFeature("country", 40)]);
/// FeatureSchema plain = FeatureSchema.Numeric(6);
/// </code></example>
public sealed record FeatureSchema
{
    private readonly int[] _counts, _sequenceCounts;
    private readonly Func<int, string> _fieldName, _sequenceName;

    /// <summary>A schema.</summary>
    /// <param name="numericNames">Names of the numeric columns, in the order of <see cref="Batch.Numeric"/>.</param>
    /// <param name="fields">The categorical fields, in the order of <see cref="Batch.Categories"/>.</param>
    /// <param name="sequences">The lists of ids, in the order of <see cref="Batch.SequenceIds"/>; null for none.</param>
    /// <exception cref="ModelException">No column at all, a name given twice, a field without ids, or a sequence that belongs to no field.</exception>
    public FeatureSchema(IReadOnlyList<string> numericNames, IReadOnlyList<CategoricalFeature> fields, IReadOnlyList<SequenceFeature>? sequences = null)
    {
        ArgumentNullException.ThrowIfNull(numericNames);
        ArgumentNullException.ThrowIfNull(fields);
        sequences ??= [];
        if (numericNames.Count + fields.Count + sequences.Count == 0) throw new ModelException("FeatureSchema: found no input columns, expected at least one numeric column or categorical field.");
        string? twice = numericNames.Concat(fields.Select(field => field.Name)).Concat(sequences.Select(sequence => sequence.Name)).GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null) throw new ModelException($"FeatureSchema: two inputs are named '{twice}', expected different names.");
        foreach (CategoricalFeature field in fields)
        {
            if (field.Cardinality < 1) throw new ModelException($"FeatureSchema: field '{field.Name}' has {field.Cardinality} ids, expected at least 1.");
        }

        foreach (SequenceFeature sequence in sequences) Check(sequence, fields);
        NumericNames = numericNames;
        Fields = fields;
        Sequences = sequences;
        _fieldName = field => $"field '{Fields[field].Name}'";
        _sequenceName = column => $"sequence '{SequenceAt(column).Name}'";
        _counts = [.. fields.Select(field => field.Cardinality)];
        _sequenceCounts = [.. sequences.SelectMany(sequence => Enumerable.Repeat(sequence.Cardinality, sequence.MaxLength))];
    }

    /// <summary>Names of the numeric columns.</summary>
    public IReadOnlyList<string> NumericNames { get; }

    /// <summary>The categorical fields.</summary>
    public IReadOnlyList<CategoricalFeature> Fields { get; }

    /// <summary>The lists of ids.</summary>
    public IReadOnlyList<SequenceFeature> Sequences { get; }

    /// <summary>Ids per row in all sequences together, padding included.</summary>
    public int SequenceWidth => _sequenceCounts.Length;

    /// <summary>D, the number of numeric columns.</summary>
    public int NumericWidth => NumericNames.Count;

    /// <summary>A schema of numeric columns only, named x0, x1, ...</summary>
    /// <param name="width">Number of columns, at least 1.</param>
    public static FeatureSchema Numeric(int width) => new([.. Enumerable.Range(0, Math.Max(0, width)).Select(i => $"x{i}")], []);

    /// <summary>The columns of an encoded table.</summary>
    public static FeatureSchema Of(EncodedTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return new FeatureSchema(table.NumericNames, [.. table.Fields.Select(field => new CategoricalFeature(field.Name, field.Cardinality))], [.. table.Sequences.Select(sequence => SequenceFeature.Of(sequence.Field))]);
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

        if (Fields.Count > 0) RequireIds(batch.Categories, batch.Rows, _counts, "category ids", _fieldName);
        if (Sequences.Count == 0) return;
        if (batch.SequenceIds is null || batch.SequenceMask.Shape != batch.SequenceIds.Shape) throw new ModelException($"batch: found no sequences, expected ids and a mask of [{batch.Rows}, {SequenceWidth}] each.");
        RequireIds(batch.SequenceIds, batch.Rows, _sequenceCounts, "sequence ids", _sequenceName);
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

    private static void Check(SequenceFeature sequence, IReadOnlyList<CategoricalFeature> fields)
    {
        if (sequence.Cardinality < 1) throw new ModelException($"FeatureSchema: sequence '{sequence.Name}' has {sequence.Cardinality} ids, expected at least 1.");
        if (sequence.MaxLength < 1) throw new ModelException($"FeatureSchema: sequence '{sequence.Name}' may hold {sequence.MaxLength} ids, expected at least 1.");
        if (sequence.Item is not { } item) return;
        CategoricalFeature? field = fields.FirstOrDefault(known => known.Name == item);
        if (field is null) throw new ModelException($"FeatureSchema: sequence '{sequence.Name}' holds ids of '{item}', and no categorical field is named so{NearestName.Hint(item, fields.Select(known => known.Name))}.");
        if (field.Cardinality != sequence.Cardinality) throw new ModelException($"FeatureSchema: sequence '{sequence.Name}' has {sequence.Cardinality} ids and its field '{item}' has {field.Cardinality}, expected the same ids.");
    }

    private static void RequireIds(IndexTensor tensor, int rows, int[] counts, string what, Func<int, string> nameOf)
    {
        if (tensor.Shape.Rank != 2 || tensor.Shape[0] != rows || tensor.Shape[1] != counts.Length) throw new ModelException($"batch: found {what} {tensor.Shape}, expected [{rows}, {counts.Length}].");
        ReadOnlySpan<int> ids = tensor.Span;
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<int> own = ids.Slice(row * counts.Length, counts.Length);
            if (!AllBelow(own, counts)) throw OutOfRange(own, counts, row, nameOf);
        }
    }

    private SequenceFeature SequenceAt(int column)
    {
        int sequence = 0;
        for (; column >= Sequences[sequence].MaxLength; sequence++) column -= Sequences[sequence].MaxLength;
        return Sequences[sequence];
    }

    private static ModelException OutOfRange(ReadOnlySpan<int> ids, int[] counts, int row, Func<int, string> nameOf)
    {
        int column = 0;
        while ((uint)ids[column] < (uint)counts[column]) column++;
        return new ModelException($"batch: {nameOf(column)} has id {ids[column]} in row {row}, expected [0, {counts[column]}).");
    }

    private ModelException NotFinite(ReadOnlySpan<float> values)
    {
        int at = 0;
        while (float.IsFinite(values[at])) at++;
        return new ModelException($"batch: numeric column '{NumericNames[at % NumericWidth]}' is {values[at]} in row {at / NumericWidth}, expected a finite number.");
    }
}
