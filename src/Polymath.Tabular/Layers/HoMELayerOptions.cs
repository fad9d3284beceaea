using Polymath.Learning;

namespace Polymath.Tabular;

/// <summary>The parts of a <see cref="HoMEMetaLayer"/> or a <see cref="HoMETaskLayer"/>.</summary>
public sealed record HoMELayerOptions
{
    /// <summary>K_s, experts that all groups share, 0 or more.</summary>
    public required int SharedExperts { get; init; }

    /// <summary>K_g, experts of every group, 0 or more.</summary>
    public required int GroupExperts { get; init; }

    /// <summary>K_t, experts of every task, 0 or more; a meta layer has none.</summary>
    public int TaskExperts { get; init; }

    /// <summary>The layers of every expert.</summary>
    public required MlpOptions Expert { get; init; }

    /// <summary>The feature gate of every consumer; null for none.</summary>
    public FeatureGateOptions? FeatureGate { get; init; }

    /// <summary>Whether own experts are added once more through a self gate. Default: yes.</summary>
    public bool SelfGate { get; init; } = true;

    /// <summary>What gates read. Default: the input as it is.</summary>
    public GateInput GateInput { get; init; } = GateInput.Raw;
}
