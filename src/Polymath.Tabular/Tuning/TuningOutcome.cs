namespace Polymath.Tabular.Tuning;

/// <summary>What a search came to.</summary>
/// <param name="Completed">False when it was cancelled: the same settings and folder continue it.</param>
/// <param name="Folder">Its files.</param>
/// <param name="Result">What it found; null when not completed.</param>
public sealed record TuningOutcome(bool Completed, TuningFolder Folder, TuningResult? Result);
