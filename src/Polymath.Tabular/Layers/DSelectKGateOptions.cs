namespace Polymath.Tabular;

/// <summary>The shape of a <see cref="DSelectKGate"/>.</summary>
public sealed record DSelectKGateOptions
{
    /// <summary>E, at least 2.</summary>
    public required int Experts { get; init; }

    /// <summary>k, the most experts in use in the end, in [1, E]. Default: 2.</summary>
    public int Selectors { get; init; } = 2;

    /// <summary>Width of the smooth step, more than 0. Default: 1.</summary>
    public float Gamma { get; init; } = 1f;

    /// <summary>Weight of the selectors' entropy in the penalty, at least 0. Default: 1e-6.</summary>
    public float Entropy { get; init; } = 1e-6f;

    /// <summary>What the choice of experts depends on. Default: the task only.</summary>
    public GateConditioning Conditioning { get; init; } = GateConditioning.Task;

    internal void Validate()
    {
        if (Experts < 2) throw new ModelException($"DSelectKGate: found {Experts} experts, expected at least 2.");
        if (Selectors < 1 || Selectors > Experts) throw new ModelException($"DSelectKGate: found {Selectors} selectors for {Experts} experts, expected a number in [1, {Experts}].");
        if (!(Gamma > 0 && float.IsFinite(Gamma))) throw new ModelException($"DSelectKGate: found gamma = {Gamma}, expected a number above 0.");
        if (!(Entropy >= 0 && float.IsFinite(Entropy))) throw new ModelException($"DSelectKGate: found an entropy weight of {Entropy}, expected 0 or more.");
    }
}
