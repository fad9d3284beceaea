namespace Polymath.Tabular.Comparing;

/// <summary>What a comparison came to.</summary>
/// <param name="Completed">False when it was cancelled: the same settings and folder continue it.</param>
/// <param name="Folder">Its files.</param>
/// <param name="Result">The statistics; null when not completed.</param>
public sealed record ComparisonOutcome(bool Completed, ComparisonFolder Folder, ComparisonResult? Result);
