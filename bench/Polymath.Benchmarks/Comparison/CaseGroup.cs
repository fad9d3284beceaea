namespace Polymath.Benchmarks.Comparison;

/// <summary>Cases that are reported in one table.</summary>
/// <param name="Title">The table's heading.</param>
/// <param name="Text">What is measured and against what.</param>
/// <param name="Cases">The rows, in order.</param>
internal sealed record CaseGroup(string Title, string Text, IReadOnlyList<Case> Cases)
{
    /// <summary>What the geometric mean over the cases with <see cref="Case.InMean"/> is held against; null for none.</summary>
    public Goal? Mean { get; init; }
}
