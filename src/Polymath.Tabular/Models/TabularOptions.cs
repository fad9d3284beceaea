using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>What the options of all tabular models have in common: the input layer, the towers, and how networks are built.</summary>
public abstract record TabularOptions
{
    private protected const int WidestLayer = 65536, WidestTable = 4096;

    /// <summary>
    /// Width of every categorical field's vector; null chooses by cardinality (<see cref="FeatureEmbedding.WidthFor"/>); 0 uses no tables
    /// but indicators. Default: null.
    /// </summary>
    public int? EmbeddingWidth { get; init; }

    /// <summary>Fewest ids from which a field's table is trained only where a step touches it; 0 trains all tables as a whole. Default: 100,000.</summary>
    public int SparseFrom { get; init; } = 100_000;

    /// <summary>How numeric columns enter. Default: as they are.</summary>
    public NumericHandling Numeric { get; init; } = NumericHandling.Raw;

    /// <summary>How a list of ids becomes one vector. Default: the mean of its items.</summary>
    public SequencePooling SequencePooling { get; init; } = SequencePooling.Mean;

    /// <summary>Dropout rate on the input of the networks, in [0, 1). Default: 0.</summary>
    public float EmbeddingDropout { get; init; }

    /// <summary>Widths of the hidden layers of every task's tower; empty for a linear head. Default: 64.</summary>
    public IReadOnlyList<int> TowerHidden { get; init; } = [64];

    /// <summary>Whether hidden layers of experts, bottoms and towers normalise over the batch. Default: yes.</summary>
    public bool BatchNorm { get; init; } = true;

    /// <summary>Dropout rate after every hidden layer, in [0, 1). Default: 0.</summary>
    public float Dropout { get; init; }

    /// <summary>The nonlinearity of hidden layers. Default: ReLU.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>How weights are first drawn. Default: as torch-rechub does.</summary>
    public MlpConvention Convention { get; init; } = MlpConvention.RecHub;

    /// <summary>The input layer's options.</summary>
    internal FeatureEmbeddingOptions Embedding => new()
    {
        Width = EmbeddingWidth,
        Numeric = Numeric,
        SequencePooling = SequencePooling,
        Dropout = EmbeddingDropout,
        SparseFrom = SparseFrom,
        Initializer = Preset.Initializer,
        TableInitializer = Convention switch
        {
            MlpConvention.MultiTab => Initializer.Normal(0f, 0.01f),
            MlpConvention.DeepCtr or MlpConvention.FuxiCtr => Initializer.Normal(0f, 1e-4f),
            _ => Initializer.XavierUniform(),
        },
    };

    private protected MlpOptions Preset => Convention switch
    {
        MlpConvention.MultiTab => MlpOptions.MultiTab,
        MlpConvention.DeepCtr => MlpOptions.DeepCtr,
        MlpConvention.FuxiCtr => MlpOptions.FuxiCtr,
        _ => MlpOptions.RecHub,
    };

    /// <summary>Hidden layers in this convention.</summary>
    internal MlpOptions Hidden(params IReadOnlyList<int> widths) => Preset with
    {
        Hidden = widths,
        Activation = Activation,
        BatchNorm = BatchNorm,
        Dropout = Dropout,

        // A map without bias followed by a scalar bias in the prediction layer (DeepCTR) is a map with bias.
        OutputBias = true,
    };

    /// <summary>A task's tower in this convention.</summary>
    internal MlpOptions Tower(Target task) => Hidden(TowerHidden) with { OutputSize = task.Outputs };

    /// <summary>Appends the options that all models share.</summary>
    internal static OptionTable<T> Common<T>(OptionTable<T> table)
        where T : TabularOptions
        => table
            .Integers("tower-hidden", 1, WidestLayer, true, o => o.TowerHidden, (o, v) => o with { TowerHidden = v }, "Widths of the hidden layers of every task's tower.")
            .IntegerOrAuto("embedding-width", 0, WidestTable, o => o.EmbeddingWidth, (o, v) => o with { EmbeddingWidth = v }, "Width of every categorical field's vector; auto is min(50, round(1.6 n^0.56)) for n ids; 0 uses indicators instead of tables.")
            .Integer("sparse-from", 0, int.MaxValue, o => o.SparseFrom, (o, v) => o with { SparseFrom = v }, "Fewest ids from which a field's table is trained only where a step touches it, whatever its size; 0 for no table.")
            .Choice("numeric", o => o.Numeric, (o, v) => o with { Numeric = v }, "How numeric columns enter: as they are, through one linear map each, or through one for all.")
            .Choice("sequence-pooling", o => o.SequencePooling, (o, v) => o with { SequencePooling = v }, "How a list of ids becomes one vector: the mean or sum of its items, or a sum weighted by attention to the row's own item (DIN).")
            .Number("embedding-dropout", 0, 0.99, o => o.EmbeddingDropout, (o, v) => o with { EmbeddingDropout = v }, "Dropout rate on the input of the networks.")
            .Flag("batch-norm", o => o.BatchNorm, (o, v) => o with { BatchNorm = v }, "Batch normalisation in hidden layers of experts, bottoms and towers.")
            .Number("dropout", 0, 0.99, o => o.Dropout, (o, v) => o with { Dropout = v }, "Dropout rate after every hidden layer.")
            .Choice("activation", o => o.Activation, (o, v) => o with { Activation = v }, "Nonlinearity of hidden layers.")
            .Choice("convention", o => o.Convention, (o, v) => o with { Convention = v }, "How weights are first drawn, after a published library.");
}
