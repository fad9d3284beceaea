using Polymath.Learning;

namespace Polymath.Tabular;

/// <summary>Options of <see cref="HoME"/>. Batch normalisation and activation are those of the towers; experts follow <see cref="ExpertNorm"/>.</summary>
public sealed record HoMEOptions : TabularOptions
{
    private const int MostExperts = 1024, MostMaps = 64;

    /// <summary>Options at their defaults: towers of 128 and 64 units without batch normalisation.</summary>
    public HoMEOptions() => (TowerHidden, BatchNorm) = ([128, 64], false);

    /// <summary>Which tasks belong together; every task in exactly one group. Default: empty, one group per kind of task.</summary>
    public IReadOnlyList<TaskGroup> Groups { get; init; } = [];

    /// <summary>K_s of the meta level, 0 or more. Default: 4.</summary>
    public int MetaSharedExperts { get; init; } = 4;

    /// <summary>K_g of the meta level, experts of each group, 0 or more. Default: 2.</summary>
    public int MetaGroupExperts { get; init; } = 2;

    /// <summary>K_s of the task level, 0 or more. Default: 2.</summary>
    public int SharedExperts { get; init; } = 2;

    /// <summary>K_g of the task level, experts of each group, 0 or more. Default: 2.</summary>
    public int GroupExperts { get; init; } = 2;

    /// <summary>K_t, experts of each task, 0 or more. Default: 1.</summary>
    public int TaskExperts { get; init; } = 1;

    /// <summary>Widths of the layers of every expert, at least one. Default: 256.</summary>
    public IReadOnlyList<int> ExpertHidden { get; init; } = [256];

    /// <summary>What follows the linear map in an expert. Default: batch normalisation and swish.</summary>
    public ExpertNorm ExpertNorm { get; init; } = ExpertNorm.BatchNormSwish;

    /// <summary>Whether every consumer reads a view of its own, through a <see cref="Tabular.FeatureGate"/>. Default: yes.</summary>
    public bool FeatureGate { get; init; } = true;

    /// <summary>How feature gates compute their factors. Default: low-rank maps.</summary>
    public FeatureGateKind FeatureGateKind { get; init; } = FeatureGateKind.Lora;

    /// <summary>r, the rank of the maps of a feature gate, or the hidden width of its network, at least 1. Default: 64.</summary>
    public int LoraRank { get; init; } = 64;

    /// <summary>L, the number of low-rank maps of a feature gate; 0 only without feature gates. Default: 2.</summary>
    public int LoraCount { get; init; } = 2;

    /// <summary>Whether groups and tasks add their own experts once more, through a <see cref="Tabular.SelfGate"/>. Default: yes.</summary>
    public bool SelfGate { get; init; } = true;

    /// <summary>Whether there is a meta level; without it the task level reads the input and all masks are open. Default: yes.</summary>
    public bool Hierarchy { get; init; } = true;

    /// <summary>What gates read. Default: the input as it is.</summary>
    public GateInput GateInput { get; init; } = GateInput.Raw;

    internal static OptionTable<HoMEOptions> Table { get; } = Common(new OptionTable<HoMEOptions>(HoME.RegistryName, new HoMEOptions())
        .Text("groups", TaskGroups.Form, o => o.Groups, (o, v) => o with { Groups = v }, TaskGroups.Write, TaskGroups.Read, "Which tasks belong together, every task in one group; auto makes one group per kind of task.")
        .Integer("meta-shared-experts", 0, MostExperts, o => o.MetaSharedExperts, (o, v) => o with { MetaSharedExperts = v }, "Experts of the meta level that all groups share.")
        .Integer("meta-group-experts", 0, MostExperts, o => o.MetaGroupExperts, (o, v) => o with { MetaGroupExperts = v }, "Experts of each group at the meta level.")
        .Integer("shared-experts", 0, MostExperts, o => o.SharedExperts, (o, v) => o with { SharedExperts = v }, "Experts of the task level that all tasks share.")
        .Integer("group-experts", 0, MostExperts, o => o.GroupExperts, (o, v) => o with { GroupExperts = v }, "Experts of each group at the task level.")
        .Integer("task-experts", 0, MostExperts, o => o.TaskExperts, (o, v) => o with { TaskExperts = v }, "Experts of each task.")
        .Integers("expert-hidden", 1, WidestLayer, false, o => o.ExpertHidden, (o, v) => o with { ExpertHidden = v }, "Widths of the layers of every expert.")
        .Choice("expert-norm", o => o.ExpertNorm, (o, v) => o with { ExpertNorm = v }, "What follows the linear maps of an expert.")
        .Flag("feature-gate", o => o.FeatureGate, (o, v) => o with { FeatureGate = v }, "A view of the input of its own for every group of experts.")
        .Choice("feature-gate-kind", o => o.FeatureGateKind, (o, v) => o with { FeatureGateKind = v }, "How feature gates compute their factors: a mixture of low-rank maps, or one small network.")
        .Integer("lora-rank", 1, WidestLayer, o => o.LoraRank, (o, v) => o with { LoraRank = v }, "Rank of the maps of a feature gate, or hidden width of its network.")
        .Integer("lora-count", 0, MostMaps, o => o.LoraCount, (o, v) => o with { LoraCount = v }, "Low-rank maps of a feature gate; 0 only without feature gates.")
        .Flag("self-gate", o => o.SelfGate, (o, v) => o with { SelfGate = v }, "Own experts added once more beside the mixture.")
        .Flag("hierarchy", o => o.Hierarchy, (o, v) => o with { Hierarchy = v }, "A meta level for groups below the level for tasks; without it every task mixes all experts.")
        .Choice("gate-input", o => o.GateInput, (o, v) => o with { GateInput = v }, "What gates read: the input as it is, or the views of the feature gates."));

    /// <summary>The layers of every expert.</summary>
    internal MlpOptions Expert => ExpertNorm.Apply(Hidden(ExpertHidden));

    /// <summary>The meta level.</summary>
    internal HoMELayerOptions Meta => new() { SharedExperts = MetaSharedExperts, GroupExperts = MetaGroupExperts, Expert = Expert, FeatureGate = Gate, SelfGate = SelfGate, GateInput = GateInput };

    /// <summary>The task level.</summary>
    internal HoMELayerOptions Task => Meta with { SharedExperts = SharedExperts, GroupExperts = GroupExperts, TaskExperts = TaskExperts };

    private FeatureGateOptions? Gate => FeatureGate ? new FeatureGateOptions { Kind = FeatureGateKind, Rank = LoraRank, Count = LoraCount } : null;

    /// <summary>Returns the options if their values fit each other.</summary>
    /// <exception cref="ModelException">They do not.</exception>
    internal HoMEOptions CheckTogether()
    {
        if (FeatureGate && FeatureGateKind == FeatureGateKind.Lora && LoraCount == 0) throw new ModelException($"{HoME.RegistryName}: lora-count=0 leaves the feature gates without maps, expected at least 1, or feature-gate=false.");
        if (Hierarchy && MetaSharedExperts + MetaGroupExperts == 0) throw new ModelException($"{HoME.RegistryName}: meta-shared-experts and meta-group-experts are both 0, expected at least one expert, or hierarchy=false.");
        if (SharedExperts + GroupExperts + TaskExperts == 0) throw new ModelException($"{HoME.RegistryName}: shared-experts, group-experts and task-experts are all 0, expected at least one expert.");
        return this;
    }
}
