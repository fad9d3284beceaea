namespace Polymath.Merging;

/// <summary>What adaptation did to one task's predictions, over all of its unlabelled inputs.</summary>
/// <param name="Name">The task.</param>
/// <param name="PretrainedEntropy">Mean entropy of the base, in nats; NaN for a task with a surrogate loss, as are the others.</param>
/// <param name="InitialEntropy">Of the merge with the coefficients at the start: the baseline.</param>
/// <param name="FinalEntropy">Of the learned merge.</param>
/// <param name="InitialClasses">How many inputs each class takes at the start.</param>
/// <param name="FinalClasses">How many inputs each class takes in the end.</param>
public sealed record AdaptedTask(string Name, double PretrainedEntropy, double InitialEntropy, double FinalEntropy, IReadOnlyList<int> InitialClasses, IReadOnlyList<int> FinalClasses)
{
    /// <summary>How far the shares of the classes moved: half the sum of their absolute changes, 0 (none) to 1.</summary>
    public double Drift => InitialClasses.Zip(FinalClasses, (before, after) => Math.Abs(before - after)).Sum() / (2.0 * Math.Max(1, InitialClasses.Sum()));
}
