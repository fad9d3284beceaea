using System.Globalization;

namespace Polymath.Data;

/// <summary>A column of 32-bit floats; NaN is missing, infinities do not occur.</summary>
public sealed class NumericColumn : Column
{
    private readonly ArraySegment<float> _values;

    /// <summary>A column over <paramref name="values"/>, which is not copied.</summary>
    /// <exception cref="TableException">A value is infinite.</exception>
    public NumericColumn(string name, float[] values)
        : this(name, new ArraySegment<float>(values ?? throw new ArgumentNullException(nameof(values))))
    {
    }

    internal NumericColumn(string name, ArraySegment<float> values)
        : base(name)
    {
        int infinite = values.AsSpan().IndexOfAny(float.PositiveInfinity, float.NegativeInfinity);
        if (infinite >= 0) throw new TableException($"column '{name}', row {infinite + 1}: found {values[infinite]}, expected a finite number or NaN for missing.", line: infinite + 1, column: name);
        _values = values;
    }

    /// <inheritdoc/>
    public override ColumnKind Kind => ColumnKind.Numeric;

    /// <inheritdoc/>
    public override int Rows => _values.Count;

    /// <summary>The values, NaN where missing.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <inheritdoc/>
    public override bool IsMissing(int row) => float.IsNaN(_values[row]);

    /// <inheritdoc/>
    public override string? Text(int row) => IsMissing(row) ? null : Format(_values[row]);

    /// <inheritdoc/>
    public override Column Take(ReadOnlySpan<int> rows)
    {
        var taken = new float[rows.Length];
        for (int i = 0; i < taken.Length; i++) taken[i] = _values[rows[i]];
        return new NumericColumn(Name, taken);
    }

    /// <summary>The label of a number where numbers serve as labels: shortest text that reads back to the same float.</summary>
    internal static string Format(float value) => (value == 0 ? 0f : value).ToString("R", CultureInfo.InvariantCulture);
}
