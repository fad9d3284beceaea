namespace Polymath.Learning.Reporting.Charts;

/// <summary>One row of an <see cref="IntervalChart"/>.</summary>
/// <param name="Name">What the dot stands for.</param>
/// <param name="Value">Where it is; NaN for a row of text only.</param>
/// <param name="Low">Lower end of the interval; NaN without one.</param>
/// <param name="High">Upper end.</param>
/// <param name="Label">The value as text.</param>
/// <param name="Style">Class of the dot: "good", "bad" or "mutedfill".</param>
internal sealed record IntervalRow(string Name, double Value, double Low, double High, string Label, string Style);
