using Polymath.Learning;

namespace Polymath.Tabular;

/// <summary>The parts of a <see cref="CgcLayer"/>.</summary>
public sealed record CgcLayerOptions
{
    /// <summary>Experts of each task, one entry per task, each at least 1.</summary>
    public required IReadOnlyList<int> SpecificExperts { get; init; }

    /// <summary>Experts shared by all tasks, at least 1.</summary>
    public required int SharedExperts { get; init; }

    /// <summary>The layers of every expert.</summary>
    public required MlpOptions Expert { get; init; }

    /// <summary>The kind of gate.</summary>
    public GateOptions Gate { get; init; } = new();

    /// <summary>How a task's gate counts its experts. Default: its own first.</summary>
    public GateOrder Order { get; init; } = GateOrder.SpecificFirst;

    /// <summary>Whether there is a shared output. Default: yes; the last layer of PLE has none.</summary>
    public bool SharedGate { get; init; } = true;

    /// <summary>Which experts the shared gate mixes. Default: all.</summary>
    public SharedGateView SharedGateView { get; init; } = SharedGateView.AllExperts;
}
