namespace Polymath.Tabular;

/// <summary>Options of <see cref="Ple"/>.</summary>
public sealed record PleOptions : CgcOptions
{
    private const int MostLevels = 16;

    /// <summary>Number of CGC layers on top of each other, at least 1. Default: 2.</summary>
    public int Levels { get; init; } = 2;

    /// <summary>
    /// One width per level: experts of level l are one hidden layer of this width (MTReclib); replaces <see cref="Levels"/> and
    /// <see cref="GatedOptions.ExpertHidden"/>. Default: empty, every level has the same experts.
    /// </summary>
    public IReadOnlyList<int> LevelWidths { get; init; } = [];

    internal static new OptionTable<PleOptions> Table { get; } = Extraction(new OptionTable<PleOptions>(Ple.RegistryName, new PleOptions())
        .Integer("levels", 1, MostLevels, o => o.Levels, (o, v) => o with { Levels = v }, "CGC layers on top of each other.")
        .Integers("level-widths", 1, WidestLayer, true, o => o.LevelWidths, (o, v) => o with { LevelWidths = v }, "One width per level for experts of one hidden layer; replaces levels and expert-hidden."));

    /// <summary>Hidden layers of the experts of every level.</summary>
    internal IReadOnlyList<IReadOnlyList<int>> ExpertsByLevel => LevelWidths.Count > 0
        ? [.. LevelWidths.Select(width => (IReadOnlyList<int>)[width])]
        : [.. Enumerable.Repeat(ExpertHidden, Levels)];
}
