namespace Polymath.Data;

/// <summary>One task of an encoded table.</summary>
/// <param name="Name">Name of the target, or the label in the task column.</param>
/// <param name="Kind">What its target is.</param>
/// <param name="Classes">Class labels in code order; empty for regression and count.</param>
/// <param name="Scale">What was taken out of a regression target.</param>
public sealed record TaskDescription(string Name, TargetKind Kind, IReadOnlyList<string> Classes, TargetScale Scale)
{
    /// <summary>Width of a model's output: the number of classes of a multiclass target, else 1.</summary>
    public int Outputs => Kind == TargetKind.Multiclass ? Classes.Count : 1;
}
