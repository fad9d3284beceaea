using System.Text.Json;

namespace Polymath.Data;

/// <summary>A date: its parts as standardised numbers, parts that never change in training left out, and an "is missing" feature when needed.</summary>
internal sealed class DateInput : InputColumn
{
    private static readonly (string Name, Func<DateTime, float> Of)[] Parts =
    [
        ("year", date => date.Year),
        ("month", date => date.Month),
        ("day of week", date => (float)date.DayOfWeek),
        ("day of year", date => date.DayOfYear),
        ("hour", date => (float)date.TimeOfDay.TotalHours),
    ];

    private readonly (int Part, TargetScale Scale)[] _parts;
    private readonly bool _indicator;
    private readonly float _missing;

    private DateInput(string name, (int Part, TargetScale Scale)[] parts, bool indicator, bool keepMissing)
        : base(name)
    {
        (_parts, _indicator, _missing) = (parts, indicator, keepMissing ? float.NaN : 0f);
        string[] features = [.. parts.Select(part => $"{name} {Parts[part.Part].Name}")];
        Features = indicator ? [.. features, $"{name} is missing"] : features;
    }

    public override ColumnKind Kind => ColumnKind.Date;

    public override IReadOnlyList<string> Features { get; }

    /// <summary>The parts that are features, by their names in a saved encoder, with mean and deviation of the training rows.</summary>
    internal IEnumerable<(string Name, TargetScale Scale)> PartScales => _parts.Select(part => (Parts[part.Part].Name, part.Scale));

    /// <summary>Whether a last feature says that the date is missing.</summary>
    internal bool HasIndicator => _indicator;

    /// <summary>What the parts of a missing date become.</summary>
    internal float Missing => _missing;

    /// <summary>Null when no part changes over the training rows; the note says so.</summary>
    public static DateInput? Fit(DateColumn column, ReadOnlySpan<int> rows, EncoderOptions options, List<string> notes)
    {
        var parts = new List<(int, TargetScale)>();
        var values = new float[rows.Length];
        bool missing = false;
        int observedRows = 0;
        for (int part = 0; part < Parts.Length; part++)
        {
            for (int i = 0; i < rows.Length; i++)
            {
                missing |= column.IsMissing(rows[i]);
                values[i] = column.IsMissing(rows[i]) ? float.NaN : Parts[part].Of(new DateTime(column.Ticks[rows[i]]));
            }

            float[] observed = [.. values.Where(value => !float.IsNaN(value))];
            observedRows = observed.Length;
            if (observedRows > 0 && !Array.TrueForAll(observed, value => value == observed[0])) parts.Add((part, TargetScale.Of(observed)));
        }

        bool indicator = missing && options.MissingIndicators && !options.KeepMissing;
        if (parts.Count > 0 || (indicator && observedRows > 0)) return new DateInput(column.Name, [.. parts], indicator, options.KeepMissing);
        notes.Add($"column '{column.Name}' is dropped: no part of the date changes over the training rows");
        return null;
    }

    public static DateInput Read(string name, JsonField field)
    {
        var parts = new List<(int, TargetScale)>();
        foreach (JsonField part in field.Items("parts"))
        {
            string word = part.Text("part");
            int index = Array.FindIndex(Parts, known => known.Name == word);
            if (index < 0) throw part.Fail("part", $"'{word}'", string.Join(", ", Parts.Select(known => known.Name)));
            double deviation = part.Number("deviation");
            if (deviation <= 0) throw part.Fail("deviation", deviation.ToString("R"), "a positive number");
            parts.Add((index, new TargetScale(part.Number("mean"), deviation)));
        }

        return new DateInput(name, [.. parts], field.Flag("indicator"), field.Has(KeepMissing) && field.Flag(KeepMissing));
    }

    public override FeatureWriter<float> Numbers(Table table)
    {
        Column column = Find(table);
        if (column is not DateColumn && column.CountMissing() < column.Rows) throw NotOfKind(table, column, "an ISO date");
        var dates = column as DateColumn;
        return (rows, destination, stride) =>
        {
            for (int i = 0; i < rows.Length; i++)
            {
                bool missing = dates is null || dates.IsMissing(rows[i]);
                DateTime date = missing ? default : new DateTime(dates!.Ticks[rows[i]]);
                int at = i * stride;
                foreach ((int part, TargetScale scale) in _parts) destination[at++] = missing ? _missing : scale.Apply(Parts[part].Of(date));
                if (_indicator) destination[at] = missing ? 1f : 0f;
            }
        };
    }

    public override void Write(Utf8JsonWriter json)
    {
        json.WriteString("name", Name);
        json.WriteString("kind", "date");
        json.WriteStartArray("parts");
        foreach ((int part, TargetScale scale) in _parts)
        {
            json.WriteStartObject();
            json.WriteString("part", Parts[part].Name);
            json.WriteNumber("mean", scale.Mean);
            json.WriteNumber("deviation", scale.Deviation);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBoolean("indicator", _indicator);
        if (float.IsNaN(_missing)) json.WriteBoolean(KeepMissing, true);
    }
}
