using System.Globalization;

namespace Polymath.Data.Sources;

/// <summary>Parses floats while reading.</summary>
internal sealed class NumericBuilder(string name, char decimalSeparator, RowReader rows, Func<long?> rowsToCome) : ColumnBuilder(name)
{
    private readonly ColumnBuffer<float> _values = new(rowsToCome);
    private string? _infinite;
    private long _infinitePosition;

    public override ColumnKind Kind => ColumnKind.Numeric;

    public override int Rows => _values.Count;

    public override string Expected => "a number";

    public override bool TryAdd(ReadOnlySpan<char> text)
    {
        if (!TryParse(text, decimalSeparator, out float value)) return false;
        if (float.IsInfinity(value) && _infinite is null) (_infinite, _infinitePosition) = (text.Trim().ToString(), rows.Position);
        if (!float.IsNaN(value)) Observed++;
        _values.Add(value);
        return true;
    }

    /// <summary>Whether a text is a number, an infinity included.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, char decimalSeparator, out float value) => DecimalText.TryParse(text, decimalSeparator, out value) || TryParseAny(text, decimalSeparator, out value);

    public override void AddMissing() => _values.Add(float.NaN);

    public override void Discard() => _values.Clear();

    /// <exception cref="TableException">The column holds an infinity (reported here and not at once: the column may still turn out to be text).</exception>
    public override Column Build(string source)
    {
        if (_infinite is not null)
            throw new TableException($"{source}, {rows.PositionWord} {_infinitePosition}, column '{Name}': found '{_infinite}', expected a finite number that fits a 32-bit float.", source, _infinitePosition, Name);
        return new NumericColumn(Name, _values.Drain());
    }

    private static bool TryParseAny(ReadOnlySpan<char> text, char decimalSeparator, out float value)
    {
        const NumberStyles Style = NumberStyles.Float;
        if (decimalSeparator == '.')
        {
            if (float.TryParse(text, Style, CultureInfo.InvariantCulture, out value)) return true;
        }
        else if (!text.Contains('.') && float.TryParse(text.ToString().Replace(',', '.'), Style, CultureInfo.InvariantCulture, out value))
        {
            return true;
        }

        ReadOnlySpan<char> word = text.Trim().TrimStart("+-");
        value = float.PositiveInfinity;
        return word.Equals("inf", StringComparison.OrdinalIgnoreCase) || word.Equals("infinity", StringComparison.OrdinalIgnoreCase);
    }
}
