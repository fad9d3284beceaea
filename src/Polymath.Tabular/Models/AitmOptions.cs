using Polymath.Learning;

namespace Polymath.Tabular;

/// <summary>Options of <see cref="Aitm"/>. The defaults are those of the authors' code and MTReclib.</summary>
public sealed record AitmOptions : BottomOptions
{
    private const double LargestWeight = 1000;

    /// <summary>Whether what is handed on passes batch normalisation and an activation, as in torch-rechub, instead of a linear map only. Default: no.</summary>
    public bool NormalisedInformation { get; init; }

    /// <summary>Whether all pairs of tasks use the same attention; torch-rechub has one for each pair. Default: yes.</summary>
    public bool SharedTransfer { get; init; } = true;

    /// <summary>Whether the attention's maps have biases; torch-rechub's have none. Default: yes.</summary>
    public bool TransferBias { get; init; } = true;

    /// <summary>alpha, the weight of the calibrator, at least 0. Default: 0.6, as in the paper.</summary>
    public float CalibratorWeight { get; init; } = 0.6f;

    internal static OptionTable<AitmOptions> Table { get; } = Bottom(new OptionTable<AitmOptions>(Aitm.RegistryName, new AitmOptions())
        .Flag("normalised-information", o => o.NormalisedInformation, (o, v) => o with { NormalisedInformation = v }, "Batch normalisation and activation on what a task hands on, as in torch-rechub.")
        .Flag("shared-transfer", o => o.SharedTransfer, (o, v) => o with { SharedTransfer = v }, "One attention for all pairs of tasks instead of one for each.")
        .Flag("transfer-bias", o => o.TransferBias, (o, v) => o with { TransferBias = v }, "Biases in the maps of the attention.")
        .Number("calibrator-weight", 0, LargestWeight, o => o.CalibratorWeight, (o, v) => o with { CalibratorWeight = v }, "Weight of the penalty on a step that is more likely than the one before."));

    /// <summary>The map that a task's state passes on its way to the next.</summary>
    internal MlpOptions Information(int width) => NormalisedInformation ? Hidden(width) with { BatchNorm = true } : Hidden() with { OutputSize = width };
}
