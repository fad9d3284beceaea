namespace Polymath.Tabular;

/// <summary>Options of models with experts and gates.</summary>
public abstract record GatedOptions : TabularOptions
{
    private protected const int MostExperts = 1024;

    /// <summary>Widths of the hidden layers of every expert, at least one. Default: 256, 128.</summary>
    public IReadOnlyList<int> ExpertHidden { get; init; } = [256, 128];

    /// <summary>Widths of hidden layers in every gate. Default: none.</summary>
    public IReadOnlyList<int> GateHidden { get; init; } = [];

    /// <summary>Whether a gate's linear map has a bias. Default: yes; DeepCTR-Torch has none.</summary>
    public bool GateBias { get; init; } = true;

    /// <summary>Whether a gate's logits are batch-normalised, as in torch-rechub. Default: no.</summary>
    public bool GateBatchNorm { get; init; }

    /// <summary>The gates in this convention.</summary>
    internal GateOptions Gate => new()
    {
        Hidden = GateHidden,
        Bias = GateBias,
        BatchNorm = GateBatchNorm,
        Activation = Activation,
        Initializer = Preset.Initializer,
        BiasInitializer = Preset.BiasInitializer,
    };

    /// <summary>Appends the options of experts and gates and those all models share.</summary>
    internal static OptionTable<T> Gated<T>(OptionTable<T> table)
        where T : GatedOptions
        => Common(table
            .Integers("expert-hidden", 1, WidestLayer, false, o => o.ExpertHidden, (o, v) => o with { ExpertHidden = v }, "Widths of the hidden layers of every expert.")
            .Integers("gate-hidden", 1, WidestLayer, true, o => o.GateHidden, (o, v) => o with { GateHidden = v }, "Widths of hidden layers in every gate.")
            .Flag("gate-bias", o => o.GateBias, (o, v) => o with { GateBias = v }, "Bias in a gate's linear map.")
            .Flag("gate-batch-norm", o => o.GateBatchNorm, (o, v) => o with { GateBatchNorm = v }, "Batch normalisation of a gate's logits."));
}
