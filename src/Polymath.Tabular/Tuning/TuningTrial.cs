namespace Polymath.Tabular.Tuning;

/// <summary>One combination and how well it did.</summary>
/// <param name="Number">Its number, from 0; 0 is what the settings say.</param>
/// <param name="Values">Its values, in the order of the search; empty for what the settings say.</param>
/// <param name="Epochs">Epochs it was given.</param>
/// <param name="Score">The best validation score of those epochs: the mean of the tasks' primary metrics, larger is better; NaN when it has none.</param>
/// <param name="Seconds">Seconds of training so far.</param>
/// <param name="Error">Why it has no score; null when it has one.</param>
public sealed record TuningTrial(int Number, IReadOnlyList<string> Values, int Epochs, double Score, double Seconds, string? Error);
