using System.Text.Json;

namespace Polymath.Data;

/// <summary>A number: one feature, and one more "is missing" when training rows had missing values. A missing value becomes 0, the centre.</summary>
internal sealed class NumericInput : InputColumn
{
    private readonly NumericTransform _transform;
    private readonly TargetScale _scale;
    private readonly NormalScores? _scores;
    private readonly bool _indicator;

    private NumericInput(string name, NumericTransform transform, TargetScale scale, NormalScores? scores, bool indicator)
        : base(name)
    {
        (_transform, _scale, _scores, _indicator) = (transform, scale, scores, indicator);
        Features = indicator ? [name, $"{name} is missing"] : [name];
    }

    public override ColumnKind Kind => ColumnKind.Numeric;

    public override IReadOnlyList<string> Features { get; }

    /// <summary>Null when the column is constant over the training rows; the note says so.</summary>
    public static NumericInput? Fit(NumericColumn column, ReadOnlySpan<int> rows, EncoderOptions options, List<string> notes)
    {
        float[] observed = [.. Observed(column, rows)];
        bool missing = observed.Length < rows.Length;
        bool indicator = missing && options.MissingIndicators;
        if (observed.Length == 0)
        {
            notes.Add($"column '{column.Name}' is dropped: it is missing in every training row");
            return null;
        }

        bool constant = Array.TrueForAll(observed, value => value == observed[0]);
        if (constant && !indicator)
        {
            notes.Add($"column '{column.Name}' is dropped: it is {NumericColumn.Format(observed[0])} in every training row");
            return null;
        }

        return new NumericInput(
            column.Name,
            options.Numeric,
            options.Numeric == NumericTransform.Standardise ? TargetScale.Of(observed) : TargetScale.None,
            options.Numeric == NumericTransform.Quantile ? NormalScores.Fit(observed) : null,
            indicator);
    }

    public static NumericInput Read(string name, JsonField field)
    {
        string word = field.Text("transform");
        bool indicator = field.Flag("indicator");
        switch (word)
        {
            case "standardise":
                double deviation = field.Number("deviation");
                if (deviation <= 0) throw field.Fail("deviation", deviation.ToString("R"), "a positive number");
                return new NumericInput(name, NumericTransform.Standardise, new TargetScale(field.Number("mean"), deviation), null, indicator);
            case "quantile":
                float[] knots = field.Floats("knots");
                if (knots.Length < 2 || !knots.SequenceEqual(knots.Order())) throw field.Fail("knots", "other values", "at least two ascending numbers");
                return new NumericInput(name, NumericTransform.Quantile, TargetScale.None, new NormalScores(knots), indicator);
            case "none":
                return new NumericInput(name, NumericTransform.None, TargetScale.None, null, indicator);
            default:
                throw field.Fail("transform", $"'{word}'", "standardise, quantile or none");
        }
    }

    public override void EncodeNumbers(Table table, ReadOnlySpan<int> rows, Span<float> destination, int stride)
    {
        Column column = Find(table);
        if (column is not NumericColumn && column.CountMissing() < column.Rows) throw NotOfKind(table, column, "a number");
        ReadOnlySpan<float> values = column is NumericColumn numeric ? numeric.Values : [];
        for (int i = 0; i < rows.Length; i++)
        {
            float value = values.IsEmpty ? float.NaN : values[rows[i]];
            bool missing = float.IsNaN(value);
            destination[i * stride] = missing ? 0f : _scores?.Score(value) ?? _scale.Apply(value);
            if (_indicator) destination[(i * stride) + 1] = missing ? 1f : 0f;
        }
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
    }

    private static List<float> Observed(NumericColumn column, ReadOnlySpan<int> rows)
    {
        var observed = new List<float>(rows.Length);
        foreach (int row in rows) if (!column.IsMissing(row)) observed.Add(column.Values[row]);
        return observed;
    }
}
