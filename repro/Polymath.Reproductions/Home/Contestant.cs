using Polymath.Tabular;

namespace Polymath.Reproductions.Home;

/// <summary>A network of the comparison.</summary>
/// <param name="Name">What tables call it.</param>
/// <param name="Create">Makes it with a seed.</param>
/// <param name="Without">What it lacks of HoME: "no hierarchy"; null for a network that is not such an ablation.</param>
/// <param name="Reference">The figures of the reference implementation, means of its two seeds: mean AUC, and AUC of follow; null for none.</param>
internal sealed record Contestant(string Name, Func<ulong, TabularModel> Create, string? Without = null, (double Mean, double Follow)? Reference = null)
{
    private const int Experts = 12, Width = 16, TowerWidth = 16, Bottom = 64, MatchedWidth = 20;

    private static readonly FeatureSchema s_schema = FeatureSchema.Numeric(BehaviourSet.Features);
    private static readonly HoMEOptions s_home = new()
    {
        Groups = BehaviourSet.Groups,
        MetaSharedExperts = 2,
        MetaGroupExperts = 2,
        SharedExperts = 2,
        GroupExperts = 2,
        TaskExperts = 1,
        ExpertHidden = [Width],
        LoraRank = 4,
        LoraCount = 2,
        TowerHidden = [TowerWidth],
    };

    public static Contestant SharedBottom { get; } = new("shared bottom", seed => new SharedBottom(s_schema, BehaviourSet.Tasks, new SharedBottomOptions { BottomHidden = [Bottom, Bottom], TowerHidden = [TowerWidth], BatchNorm = false }, seed), Reference: (0.92915, 0.953));

    public static Contestant MMoE { get; } = new("MMoE", seed => Mixture([Width], seed), Reference: (0.91425, 0.8995));

    public static Contestant Matched { get; } = new("MMoE, two layers", seed => Mixture([MatchedWidth, Width], seed));

    public static Contestant HoME { get; } = new("HoME", seed => Home(s_home, seed), Reference: (0.9374, 0.9795));

    public static Contestant Relu { get; } = Lacking("no BN and swish", s_home with { ExpertNorm = ExpertNorm.Relu });

    /// <summary>All, in the order of the tables.</summary>
    public static Contestant[] All { get; } =
    [
        SharedBottom, MMoE, Matched, HoME, Relu, Lacking("no hierarchy", s_home with { Hierarchy = false }), Lacking("no feature gates", s_home with { FeatureGate = false }), Lacking("no self gates", s_home with { SelfGate = false }),
    ];

    private static Contestant Lacking(string part, HoMEOptions options) => new($"HoME, {part}", seed => Home(options, seed), part);

    private static HoME Home(HoMEOptions options, ulong seed) => new(s_schema, BehaviourSet.Tasks, options, seed);

    private static MMoE Mixture(int[] expert, ulong seed) => new(s_schema, BehaviourSet.Tasks, new MMoEOptions { Experts = Experts, ExpertHidden = expert, TowerHidden = [TowerWidth], BatchNorm = false }, seed);
}
