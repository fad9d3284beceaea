namespace Polymath.Benchmarks.Comparison;

/// <summary>Everything that <c>bench/run</c> measures, with its targets.</summary>
internal static class CaseTable
{
    public static IReadOnlyList<CaseGroup> Groups { get; } = [GemmCases.Group, GradientCases.Steps, GradientCases.Rules, NetworkCases.Group, KernelCases.Group, TableCases.Group, TreeCases.Group, BoostingCases.Group];

    public static IReadOnlyList<Case> Cases { get; } = [.. Groups.SelectMany(group => group.Cases)];

    /// <summary>Position of a case; null when there is none of that name.</summary>
    public static int? PositionOf(string name)
    {
        for (int i = 0; i < Cases.Count; i++)
        {
            if (Cases[i].Name == name) return i;
        }

        return null;
    }
}
