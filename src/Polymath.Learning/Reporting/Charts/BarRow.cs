namespace Polymath.Learning.Reporting.Charts;

/// <summary>One row of a <see cref="BarChart"/>.</summary>
/// <param name="Name">What the bar stands for.</param>
/// <param name="Value">Length of the bar; null for a row of text only.</param>
/// <param name="Spread">Half-length of the whisker; 0 for none.</param>
/// <param name="Label">The value as text.</param>
internal sealed record BarRow(string Name, double? Value, double Spread, string Label)
{
    /// <summary>A row that says something about rows not drawn.</summary>
    public bool IsRemark => Value is null;

    /// <summary>A row of text across the chart.</summary>
    public static BarRow Remark(string text) => new(text, null, 0, "");
}
