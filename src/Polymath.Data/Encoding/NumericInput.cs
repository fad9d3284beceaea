using System.Buffers;
using System.Text.Json;

namespace Polymath.Data;

/// <summary>A number: one feature, and one more "is missing" when training rows had missing values. A missing value becomes 0, the centre, or stays missing.</summary>
internal sealed class NumericInput : InputColumn
{
    private readonly NumericTransform _transform;
    private readonly TargetScale _scale;
    private readonly NormalScores? _scores;
    private readonly bool _indicator;
    private readonly float _missing;

    private NumericInput(string name, NumericTransform transform, TargetScale scale, NormalScores? scores, bool indicator, bool keepMissing)
        : base(name)
    {
        (_transform, _scale, _scores, _indicator, _missing) = (transform, scale, scores, indicator, keepMissing ? float.NaN : 0f);
        Features = indicator ? [name, $"{name} is missing"] : [name];
    }

    public override ColumnKind Kind => ColumnKind.Numeric;

    public override IReadOnlyList<string> Features { get; }

    /// <summary>How a number is encoded.</summary>
    internal NumericTransform Transform => _transform;

    /// <summary>Mean and deviation of the training rows, for <see cref="NumericTransform.Standardise"/>.</summary>
    internal TargetScale Scale => _scale;

    /// <summary>The ranks of the training rows, for <see cref="NumericTransform.Quantile"/>.</summary>
    internal NormalScores? Scores => _scores;

    /// <summary>Whether a second feature says that the value is missing.</summary>
    internal bool HasIndicator => _indicator;

    /// <summary>What a missing value becomes.</summary>
    internal float Missing => _missing;

    /// <summary>Null when the column is constant over the training rows; the note says so.</summary>
    public static NumericInput? Fit(NumericColumn column, ReadOnlySpan<int> rows, EncoderOptions options, List<string> notes)
    {
        float[] buffer = ArrayPool<float>.Shared.Rent(rows.Length);
        try
        {
            return Fit(column.Name, Observed(column.Values, rows, buffer), rows.Length, options, notes);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    private static NumericInput? Fit(string name, ReadOnlySpan<float> observed, int rows, EncoderOptions options, List<string> notes)
    {
        bool gaps = observed.Length < rows, indicator = gaps && options.MissingIndicators && !options.KeepMissing;
        if (observed.IsEmpty)
        {
            notes.Add($"column '{name}' is dropped: it is missing in every training row");
            return null;
        }

        bool constant = observed.IndexOfAnyExcept(observed[0]) < 0;
        if (constant && !indicator && !(gaps && options.KeepMissing))
        {
            notes.Add($"column '{name}' is dropped: it is {NumericColumn.Format(observed[0])} in every training row");
            return null;
        }

        return new NumericInput(
            name,
            options.Numeric,
            options.Numeric == NumericTransform.Standardise ? TargetScale.Of(observed) : TargetScale.None,
            options.Numeric == NumericTransform.Quantile ? NormalScores.Fit(observed) : null,
            indicator,
            options.KeepMissing);
    }

    public static NumericInput Read(string name, JsonField field)
    {
        string word = field.Text("transform");
        bool indicator = field.Flag("indicator"), keep = field.Has(KeepMissing) && field.Flag(KeepMissing);
        switch (word)
        {
            case "standardise":
                double deviation = field.Number("deviation");
                if (deviation <= 0) throw field.Fail("deviation", deviation.ToString("R"), "a positive number");
                return new NumericInput(name, NumericTransform.Standardise, new TargetScale(field.Number("mean"), deviation), null, indicator, keep);
            case "quantile":
                float[] knots = field.Floats("knots");
                if (knots.Length < 2 || !knots.SequenceEqual(knots.Order())) throw field.Fail("knots", "other values", "at least two ascending numbers");
                return new NumericInput(name, NumericTransform.Quantile, TargetScale.None, new NormalScores(knots), indicator, keep);
            case "none":
                return new NumericInput(name, NumericTransform.None, TargetScale.None, null, indicator, keep);
            default:
                throw field.Fail("transform", $"'{word}'", "standardise, quantile or none");
        }
    }

    public override FeatureWriter<float> Numbers(Table table)
    {
        Column column = Find(table);
        if (column is NumericColumn numeric) return (rows, destination, stride) => Write(numeric.Values, rows, destination, stride);
        if (column.CountMissing() < column.Rows) throw NotOfKind(table, column, "a number");
        float[] missing = new float[column.Rows];
        Array.Fill(missing, float.NaN);
        return (rows, destination, stride) => Write(missing, rows, destination, stride);
    }

    public override void Write(Utf8JsonWriter json)
    {
        json.WriteString("name", Name);
        json.WriteString("kind", "numeric");
        json.WriteString("transform", _transform.ToString().ToLowerInvariant());
        if (_transform == NumericTransform.Standardise)
        {
            json.WriteNumber("mean", _scale.Mean);
            json.WriteNumber("deviation", _scale.Deviation);
        }

        if (_scores is not null)
        {
            json.WriteStartArray("knots");
            foreach (float knot in _scores.Knots) json.WriteNumberValue(knot);
            json.WriteEndArray();
        }

        json.WriteBoolean("indicator", _indicator);
        if (float.IsNaN(_missing)) json.WriteBoolean(KeepMissing, true);
    }

    private void Write(ReadOnlySpan<float> values, ReadOnlySpan<int> rows, Span<float> destination, int stride)
    {
        TargetScale scale = _scale;
        NormalScores? scores = _scores;
        bool indicator = _indicator;
        float gap = _missing;
        int at = 0;
        foreach (int row in rows)
        {
            float value = values[row];
            bool missing = float.IsNaN(value);
            destination[at] = missing ? gap : scores?.Score(value) ?? scale.Apply(value);
            if (indicator) destination[at + 1] = missing ? 1f : 0f;
            at += stride;
        }
    }

    private static ReadOnlySpan<float> Observed(ReadOnlySpan<float> values, ReadOnlySpan<int> rows, Span<float> observed)
    {
        int count = 0;
        foreach (int row in rows)
        {
            float value = values[row];
            observed[count] = value;
            if (!float.IsNaN(value)) count++;
        }

        return observed[..count];
    }
}
