namespace Polymath.Tabular;

/// <summary>Options of <see cref="MMoE"/>.</summary>
public sealed record MMoEOptions : GatedOptions
{
    /// <summary>Number of experts, at least 1. Default: 8.</summary>
    public int Experts { get; init; } = 8;

    /// <summary>One gate for all tasks instead of one per task: OMoE. Default: no.</summary>
    public bool SharedGate { get; init; }

    internal static OptionTable<MMoEOptions> Table { get; } = Gated(WithExperts(new OptionTable<MMoEOptions>(MMoE.RegistryName, new MMoEOptions()))
        .Flag("shared-gate", o => o.SharedGate, (o, v) => o with { SharedGate = v }, "One gate for all tasks instead of one per task (OMoE)."));

    internal static OptionTable<MMoEOptions> OneGateTable { get; } = Gated(WithExperts(new OptionTable<MMoEOptions>(MMoE.OneGateName, new MMoEOptions { SharedGate = true })));

    private static OptionTable<MMoEOptions> WithExperts(OptionTable<MMoEOptions> table) => table.Integer("experts", 1, MostExperts, o => o.Experts, (o, v) => o with { Experts = v }, "Number of experts.");
}
