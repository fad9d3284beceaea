namespace Polymath.Tabular;

/// <summary>Options of <see cref="Cgc"/>, and of every level of <see cref="Ple"/>.</summary>
public record CgcOptions : GatedOptions
{
    /// <summary>Experts shared by all tasks, at least 1. Default: 4.</summary>
    public int SharedExperts { get; init; } = 4;

    /// <summary>Experts of each task, at least 1. Default: 2.</summary>
    public int SpecificExperts { get; init; } = 2;

    /// <summary>Experts of each task, one number per task, when they differ; empty for <see cref="SpecificExperts"/> everywhere. Default: empty.</summary>
    public IReadOnlyList<int> SpecificExpertsPerTask { get; init; } = [];

    /// <summary>What a tower reads. Default: the task's stream.</summary>
    public TowerInput TowerInput { get; init; } = TowerInput.TaskOnly;

    /// <summary>How a task's gate counts its experts. Default: its own first.</summary>
    public GateOrder GateOrder { get; init; } = GateOrder.SpecificFirst;

    /// <summary>Which experts the shared gate mixes. Default: all.</summary>
    public SharedGateView SharedGateView { get; init; } = SharedGateView.AllExperts;

    internal static OptionTable<CgcOptions> Table { get; } = Extraction(new OptionTable<CgcOptions>(Cgc.RegistryName, new CgcOptions()));

    /// <summary>Appends the options of CGC layers and those all models share.</summary>
    internal static OptionTable<T> Extraction<T>(OptionTable<T> table)
        where T : CgcOptions
        => Gated(table
            .Integer("shared-experts", 1, MostExperts, o => o.SharedExperts, (o, v) => o with { SharedExperts = v }, "Experts shared by all tasks.")
            .Integer("specific-experts", 1, MostExperts, o => o.SpecificExperts, (o, v) => o with { SpecificExperts = v }, "Experts of each task.")
            .Integers("specific-experts-per-task", 1, MostExperts, true, o => o.SpecificExpertsPerTask, (o, v) => o with { SpecificExpertsPerTask = v }, "Experts of each task, one number per task, when they differ.")
            .Choice("tower-input", o => o.TowerInput, (o, v) => o with { TowerInput = v }, "What a tower reads: the task's stream, or that and the shared one.")
            .Choice("gate-order", o => o.GateOrder, (o, v) => o with { GateOrder = v }, "Which experts a task's gate counts first; matters for exchanging weights only.")
            .Choice("shared-gate-view", o => o.SharedGateView, (o, v) => o with { SharedGateView = v }, "Which experts the shared gate mixes."));

    /// <summary>Experts of each of some tasks.</summary>
    internal IReadOnlyList<int> ExpertsOf(string model, int tasks)
    {
        if (SpecificExpertsPerTask.Count == 0) return [.. Enumerable.Repeat(SpecificExperts, tasks)];
        if (SpecificExpertsPerTask.Count != tasks) throw new ModelException($"{model}: specific-experts-per-task lists {SpecificExpertsPerTask.Count} numbers, expected {tasks} (one per task) or none.");
        return SpecificExpertsPerTask;
    }
}
