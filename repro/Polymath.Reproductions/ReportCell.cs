namespace Polymath.Reproductions;

/// <summary>A cell of a result table: text, a number, or a measurement over seeds, the last two with the figure of the paper or its official code beside them if there is one.</summary>
/// <example><code>
/// ReportCell[] row = ["nash", ReportCell.Over([0.84, 0.86, 0.85], reference: 0.85)];
/// </code></example>
public sealed record ReportCell
{
    private const int DefaultDecimals = 2;

    /// <summary>The text of a cell without a number.</summary>
    public string Label { get; init; } = string.Empty;

    /// <summary>What was measured; null in a cell of text.</summary>
    public Spread? Measured { get; init; }

    /// <summary>The figure of the paper (or of its official code), or null when there is none.</summary>
    public double? Reference { get; init; }

    /// <summary>Digits after the point.</summary>
    public int Decimals { get; init; } = DefaultDecimals;

    /// <summary>Whether the cell belongs on the right edge of its column.</summary>
    public bool IsNumber => Measured is not null || Reference is not null;

    /// <summary>A cell of text.</summary>
    /// <param name="label">The text.</param>
    public static implicit operator ReportCell(string label) => FromString(label);

    /// <summary>A cell of text.</summary>
    /// <param name="label">The text.</param>
    public static ReportCell FromString(string label) => new() { Label = label };

    /// <summary>A single number.</summary>
    /// <param name="value">What was measured or counted.</param>
    /// <param name="reference">The figure of the paper or its official code, if any.</param>
    /// <param name="decimals">Digits after the point.</param>
    public static ReportCell Number(double value, double? reference = null, int decimals = DefaultDecimals)
        => new() { Measured = new Spread(value, double.NaN, 1), Reference = reference, Decimals = decimals };

    /// <summary>A measurement repeated with several seeds.</summary>
    /// <param name="values">One value per seed.</param>
    /// <param name="reference">The figure of the paper or its official code, if any.</param>
    /// <param name="decimals">Digits after the point.</param>
    public static ReportCell Over(IReadOnlyList<double> values, double? reference = null, int decimals = DefaultDecimals)
        => new() { Measured = Spread.Of(values), Reference = reference, Decimals = decimals };

    /// <summary>A reference that was not measured here.</summary>
    /// <param name="reference">The figure.</param>
    /// <param name="decimals">Digits after the point.</param>
    public static ReportCell Only(double reference, int decimals = DefaultDecimals) => new() { Reference = reference, Decimals = decimals };

    /// <summary>As shown: "0.85 ± 0.01 (0.84)", the reference in brackets.</summary>
    public override string ToString()
    {
        if (!IsNumber) return Label;
        string measured = Measured is { } value ? value.Text(Decimals) : "-";
        return Reference is { } figure ? $"{measured} ({Spread.Number(figure, Decimals)})" : measured;
    }
}
