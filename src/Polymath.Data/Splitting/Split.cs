namespace Polymath.Data;

/// <summary>Row numbers for training, validation and test: disjoint, ascending.</summary>
/// <param name="Train">Rows to learn from.</param>
/// <param name="Validation">Rows for early stopping; may be empty.</param>
/// <param name="Test">Rows for the final measurement; may be empty.</param>
public sealed record Split(int[] Train, int[] Validation, int[] Test);
