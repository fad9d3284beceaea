using Polymath.Tabular.Runs;

namespace Polymath.Tabular.Comparing;

/// <summary>
/// A grid of models and balancers, trained with several seeds on one table: everything of a single run, with lists in the place of its model and its
/// balancer. See <see cref="ComparisonOptions"/> for names, ranges and help.
/// </summary>
public sealed record ComparisonSettings : RunSettings
{
    /// <summary>The word for every registered model.</summary>
    public const string All = "all";

    private const int DefaultSeeds = 5;

    /// <summary>Five seeds: with fewer, Student's t leaves little of a difference.</summary>
    public ComparisonSettings() => Seeds = DefaultSeeds;

    /// <summary>The models, <c>name[:option=value,...]</c> each, or <c>all</c>.</summary>
    public IReadOnlyList<string> Models { get; init; } = [SingleTask.RegistryName, SharedBottom.RegistryName, MMoE.RegistryName, Ple.RegistryName];

    /// <summary>The balancers, <c>name[:option=value,...]</c> each.</summary>
    public IReadOnlyList<string> Balancers { get; init; } = [ComparisonGrid.EqualWeighting];

    /// <summary>What the others are compared with, a model or a label of the result; empty takes single-task if it is in the grid, else the first.</summary>
    public string Reference { get; init; } = string.Empty;
}
