namespace Polymath.Learning.Reporting.Charts;

/// <summary>One point of a <see cref="ScatterChart"/>.</summary>
/// <param name="Name">What it stands for.</param>
/// <param name="X">Above 0: the scale is logarithmic.</param>
/// <param name="Y">Its height.</param>
/// <param name="Hover">What is shown over it.</param>
/// <param name="Style">Class of the dot.</param>
internal sealed record ScatterPoint(string Name, double X, double Y, string Hover, string Style);
