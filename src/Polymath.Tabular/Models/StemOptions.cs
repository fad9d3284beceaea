namespace Polymath.Tabular;

/// <summary>Options of <see cref="Stem"/>. The defaults are the authors'; three options are the way of the MultiTab repository.</summary>
public sealed record StemOptions : GatedOptions
{
    private const int MostLevels = 16;

    /// <summary>Expert layers on top of each other, at least 1. Default: 1.</summary>
    public int Levels { get; init; } = 1;

    /// <summary>Experts shared by all tasks, at least 1. Default: 4.</summary>
    public int SharedExperts { get; init; } = 4;

    /// <summary>Experts of each task, at least 1. Default: 2.</summary>
    public int SpecificExperts { get; init; } = 2;

    /// <summary>What the gate of a task reads. Default: the sum of its own and the shared stream.</summary>
    public StemGateInput GateInput { get; init; } = StemGateInput.TaskPlusShared;

    /// <summary>Whether the tasks' gates let no gradient into the shared experts either. Default: no.</summary>
    public bool DetachShared { get; init; }

    /// <summary>What a tower reads. Default: the task's stream.</summary>
    public TowerInput TowerInput { get; init; } = TowerInput.TaskOnly;

    internal static OptionTable<StemOptions> Table { get; } = Gated(new OptionTable<StemOptions>(Stem.RegistryName, new StemOptions())
        .Integer("levels", 1, MostLevels, o => o.Levels, (o, v) => o with { Levels = v }, "Expert layers on top of each other.")
        .Integer("shared-experts", 1, MostExperts, o => o.SharedExperts, (o, v) => o with { SharedExperts = v }, "Experts shared by all tasks.")
        .Integer("specific-experts", 1, MostExperts, o => o.SpecificExperts, (o, v) => o with { SpecificExperts = v }, "Experts of each task.")
        .Choice("gate-input", o => o.GateInput, (o, v) => o with { GateInput = v }, "What the gate of a task reads: its own stream plus the shared one, or its own.")
        .Flag("detach-shared", o => o.DetachShared, (o, v) => o with { DetachShared = v }, "Stop the tasks' gradients at the shared experts too.")
        .Choice("tower-input", o => o.TowerInput, (o, v) => o with { TowerInput = v }, "What a tower reads: the task's stream, or that and the shared one."));
}
