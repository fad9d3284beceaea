namespace Polymath.Tabular;

/// <summary>Options of <see cref="Dtrn"/>.</summary>
public sealed record DtrnOptions : GatedOptions
{
    internal const int DefaultWidth = 16, FeedForwardFactor = 4, RefineReduction = 4;
    private const int MostHeads = 64, MostLayers = 16, MostLevels = 16;

    /// <summary>The defaults: fields 16 wide, all numeric columns together one field, towers 128, 64.</summary>
    public DtrnOptions() => (EmbeddingWidth, Numeric, TowerHidden) = (DefaultWidth, NumericHandling.OneFieldLinear, [128, 64]);

    /// <summary>Heads of the self-attention; divides the embedding width. Default: 2.</summary>
    public int Heads { get; init; } = 2;

    /// <summary>Layers of the transformer, at least 1. Default: 1, whose self-attention all tasks share.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>c, the width of the vectors of tasks and behaviours, at least 1. Default: 8.</summary>
    public int ConditionWidth { get; init; } = 8;

    /// <summary>h, the width of the hypernetwork's hidden layer, at least 1. Default: 32.</summary>
    public int HyperHidden { get; init; } = 32;

    /// <summary>Width between the two maps after the attention, at least 1; null for 4 e. Default: null.</summary>
    public int? FeedForward { get; init; }

    /// <summary>How the hypernetwork's gamma becomes a scale. Default: 1 + gamma.</summary>
    public NormScale ScaleMode { get; init; }

    /// <summary>Whether every task reads the sequences in its own way; without it all tasks share one encoder, which knows the behaviour only. Default: yes.</summary>
    public bool UseTim { get; init; } = true;

    /// <summary>Whether every task weighs fields and interests in its own way. Default: yes.</summary>
    public bool UseTrm { get; init; } = true;

    /// <summary>Width of the refinement's hidden layer, at least 1; null for (F + M) e / 4. Default: null.</summary>
    public int? RefineHidden { get; init; }

    /// <summary>What one refinement weight is for. Default: a field.</summary>
    public RefineGranularity RefineGranularity { get; init; }

    /// <summary>What the refinement sees. Default: everything.</summary>
    public RefineSqueeze Squeeze { get; init; }

    /// <summary>Factor on the refinement weights: 2 starts with fields about their own size, 1 with half of it. Default: 1.</summary>
    public float RefineScale { get; init; } = 1f;

    /// <summary>The categorical field that is the target item; empty for the one that the sequences hold ids of. Default: empty.</summary>
    public string Item { get; init; } = string.Empty;

    /// <summary>What reads the representations. Default: towers.</summary>
    public DtrnHead Head { get; init; }

    /// <summary>Experts of an <see cref="DtrnHead.Mmoe"/> head, and shared ones of a <see cref="DtrnHead.Ple"/> head, at least 1. Default: 4.</summary>
    public int Experts { get; init; } = 4;

    /// <summary>Experts of each task of a <see cref="DtrnHead.Ple"/> head, at least 1. Default: 2.</summary>
    public int SpecificExperts { get; init; } = 2;

    /// <summary>Levels of a <see cref="DtrnHead.Ple"/> head, at least 1. Default: 1.</summary>
    public int Levels { get; init; } = 1;

    internal static OptionTable<DtrnOptions> Table { get; } = new OptionTable<DtrnOptions>(Dtrn.RegistryName, new DtrnOptions())
        .Integer("embedding-width", 1, WidestTable, o => o.EmbeddingWidth ?? DefaultWidth, (o, v) => o with { EmbeddingWidth = v }, "Width of every field, item and interest.")
        .Integer("heads", 1, MostHeads, o => o.Heads, (o, v) => o with { Heads = v }, "Heads of the self-attention; divides the embedding width.")
        .Integer("layers", 1, MostLayers, o => o.Layers, (o, v) => o with { Layers = v }, "Layers of the transformer; all tasks share the self-attention of the first.")
        .Integer("condition-width", 1, WidestTable, o => o.ConditionWidth, (o, v) => o with { ConditionWidth = v }, "Width of the vectors of tasks and behaviours.")
        .Integer("hyper-hidden", 1, WidestLayer, o => o.HyperHidden, (o, v) => o with { HyperHidden = v }, "Width of the hypernetwork's hidden layer.")
        .IntegerOrAuto("feed-forward", 1, WidestLayer, o => o.FeedForward, (o, v) => o with { FeedForward = v }, "Width between the two maps after the attention; auto is four times the embedding width.")
        .Choice("scale-mode", o => o.ScaleMode, (o, v) => o with { ScaleMode = v }, "The scale of a layer normalisation: 1 + gamma, or gamma.")
        .Flag("use-tim", o => o.UseTim, (o, v) => o with { UseTim = v }, "Every task reads the sequences in its own way (task-specific interest module).")
        .Flag("use-trm", o => o.UseTrm, (o, v) => o with { UseTrm = v }, "Every task weighs fields and interests in its own way (task-specific refinement module).")
        .IntegerOrAuto("refine-hidden", 1, WidestLayer, o => o.RefineHidden, (o, v) => o with { RefineHidden = v }, "Width of the refinement's hidden layer; auto is a quarter of its inputs.")
        .Choice("refine-granularity", o => o.RefineGranularity, (o, v) => o with { RefineGranularity = v }, "One refinement weight per field or per element.")
        .Choice("squeeze", o => o.Squeeze, (o, v) => o with { Squeeze = v }, "What the refinement sees: everything, or the mean of every field.")
        .Number("refine-scale", 0.01, 100, o => o.RefineScale, (o, v) => o with { RefineScale = v }, "Factor on the refinement weights; 2 starts with fields about their own size.")
        .Text("item", "the name of a categorical field", o => o.Item, (o, v) => o with { Item = v }, static item => item, static text => text, "The categorical field that is the target item; the one the sequences hold ids of unless given.")
        .Choice("head", o => o.Head, (o, v) => o with { Head = v }, "What reads the representations: towers, or experts below them.")
        .Integer("experts", 1, MostExperts, o => o.Experts, (o, v) => o with { Experts = v }, "Experts of an mmoe head, shared experts of a ple head.")
        .Integer("specific-experts", 1, MostExperts, o => o.SpecificExperts, (o, v) => o with { SpecificExperts = v }, "Experts of each task of a ple head.")
        .Integer("levels", 1, MostLevels, o => o.Levels, (o, v) => o with { Levels = v }, "Levels of a ple head.")
        .Integers("expert-hidden", 1, WidestLayer, false, o => o.ExpertHidden, (o, v) => o with { ExpertHidden = v }, "Widths of the hidden layers of every expert.")
        .Integers("gate-hidden", 1, WidestLayer, true, o => o.GateHidden, (o, v) => o with { GateHidden = v }, "Widths of hidden layers in every gate.")
        .Integers("tower-hidden", 1, WidestLayer, true, o => o.TowerHidden, (o, v) => o with { TowerHidden = v }, "Widths of the hidden layers of every task's tower.")
        .Choice("numeric", o => o.Numeric, (o, v) => o with { Numeric = v }, "Numeric columns as one field through one linear map (one-field-linear), or as one field each (per-field-linear).")
        .Number("embedding-dropout", 0, 0.99, o => o.EmbeddingDropout, (o, v) => o with { EmbeddingDropout = v }, "Dropout rate on the fields.")
        .Integer("sparse-from", 0, int.MaxValue, o => o.SparseFrom, (o, v) => o with { SparseFrom = v }, "Fewest ids from which a table is trained only where a step touches it, whatever its size; 0 for no table.")
        .Flag("batch-norm", o => o.BatchNorm, (o, v) => o with { BatchNorm = v }, "Batch normalisation in the towers.")
        .Number("dropout", 0, 0.99, o => o.Dropout, (o, v) => o with { Dropout = v }, "Dropout rate after every hidden layer of towers and experts.")
        .Choice("activation", o => o.Activation, (o, v) => o with { Activation = v }, "Nonlinearity of the hidden layers of towers and experts.")
        .Choice("convention", o => o.Convention, (o, v) => o with { Convention = v }, "How weights of tables, towers and experts are first drawn, after a published library.");
}
