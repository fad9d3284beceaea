namespace Polymath.Boosting;

/// <summary>Two siblings to search; the larger one holds its parent's histogram.</summary>
/// <param name="Small">The one with fewer rows; the root, when it is alone.</param>
/// <param name="Large">The other; null for the root.</param>
internal readonly record struct HistogramPair(HistogramNode Small, HistogramNode? Large);
