namespace Polymath.Learning.Reporting.Charts;

/// <summary>One line.</summary>
/// <param name="Name">What it shows; written beside its end when <paramref name="Labelled"/>.</param>
/// <param name="Values">One value per x; NaN is a gap.</param>
/// <param name="Colour">Number of the palette colour, or -1 for the muted one.</param>
/// <param name="Labelled">Whether the name is written at the end of the line.</param>
internal sealed record LineSeries(string Name, double[] Values, int Colour, bool Labelled = false)
{
    /// <summary>Index of a point to mark with a ring and its value; null for none.</summary>
    public int? Marked { get; init; }
}
