namespace Polymath.Learning.Balancing;

/// <summary>Passes through the model per training step of a rule that chooses itself where it looks, at its default parameters.</summary>
/// <param name="Forward">Forward passes.</param>
/// <param name="Backward">Backward passes of one weighted loss.</param>
/// <param name="BackwardPerTask">Backward passes for every task.</param>
public sealed record PassCount(int Forward, int Backward, int BackwardPerTask);
