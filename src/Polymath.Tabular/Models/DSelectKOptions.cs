namespace Polymath.Tabular;

/// <summary>Options of <see cref="DSelectK"/>.</summary>
public sealed record DSelectKOptions : TabularOptions
{
    private const int MostExperts = 1024;
    private const double NarrowestStep = 1e-3, WidestStep = 1000, LargestWeight = 1000;

    /// <summary>Number of experts, at least 2; a power of two leaves no code unused. Default: 8.</summary>
    public int Experts { get; init; } = 8;

    /// <summary>k, the most experts that a task uses in the end. Default: 2.</summary>
    public int Selectors { get; init; } = 2;

    /// <summary>Width of the smooth step; a wider one settles later. Default: 1.</summary>
    public float Gamma { get; init; } = 1f;

    /// <summary>Weight of the selectors' entropy in the penalty. Default: 1e-6.</summary>
    public float Entropy { get; init; } = 1e-6f;

    /// <summary>What the choice of experts depends on. Default: the task only.</summary>
    public GateConditioning Conditioning { get; init; } = GateConditioning.Task;

    /// <summary>Widths of the hidden layers of every expert, at least one. Default: 256, 128.</summary>
    public IReadOnlyList<int> ExpertHidden { get; init; } = [256, 128];

    internal static OptionTable<DSelectKOptions> Table { get; } = Common(new OptionTable<DSelectKOptions>(DSelectK.RegistryName, new DSelectKOptions())
        .Integer("experts", 2, MostExperts, o => o.Experts, (o, v) => o with { Experts = v }, "Number of experts; a power of two leaves no code unused.")
        .Integer("selectors", 1, MostExperts, o => o.Selectors, (o, v) => o with { Selectors = v }, "Most experts that a task uses in the end, k.")
        .Number("gamma", NarrowestStep, WidestStep, o => o.Gamma, (o, v) => o with { Gamma = v }, "Width of the smooth step; a wider one settles later.")
        .Number("entropy", 0, LargestWeight, o => o.Entropy, (o, v) => o with { Entropy = v }, "Weight of the selectors' entropy, which makes their choice definite.")
        .Choice("conditioning", o => o.Conditioning, (o, v) => o with { Conditioning = v }, "What the choice of experts depends on: the task, or the task and the row.")
        .Integers("expert-hidden", 1, WidestLayer, false, o => o.ExpertHidden, (o, v) => o with { ExpertHidden = v }, "Widths of the hidden layers of every expert."));

    internal DSelectKGateOptions Gate => new() { Experts = Experts, Selectors = Selectors, Gamma = Gamma, Entropy = Entropy, Conditioning = Conditioning };
}
