using Polymath.Learning;
using Polymath.Tabular;

namespace Polymath.Reproductions.MultiTab;

/// <summary>A network of the comparison on MultiTab-Bench.</summary>
/// <param name="Name">For tables.</param>
/// <param name="Create">Makes it, from columns, tasks and seed.</param>
/// <param name="Reference">Mean explained variance of the official code with seed 0 on its own draw of the same table; null where it was not run.</param>
internal sealed record BenchModel(string Name, Func<FeatureSchema, TaskSet, ulong, TabularModel> Create, double? Reference = null)
{
    private const int Width = 16, Experts = 8, SharedExperts = 4, SpecificExperts = 2;

    /// <summary>One network per task.</summary>
    public static BenchModel SingleTask { get; } = new("one MLP per task", static (schema, tasks, seed) => new SingleTask(schema, tasks, Sized(new SingleTaskOptions { BottomHidden = [256, 128] }), seed), 0.9837);

    /// <summary>Hard parameter sharing.</summary>
    public static BenchModel SharedBottom { get; } = new("shared bottom", static (schema, tasks, seed) => new SharedBottom(schema, tasks, Sized(new SharedBottomOptions { BottomHidden = [256, 128] }), seed), 0.9786);

    /// <summary>Eight experts.</summary>
    public static BenchModel Mmoe { get; } = new("MMoE, 8 experts", static (schema, tasks, seed) => new MMoE(schema, tasks, Sized(new MMoEOptions { Experts = Experts, ExpertHidden = [256, 128] }), seed), 0.9675);

    /// <summary>Four shared experts and two of every task, one level.</summary>
    public static BenchModel Ple { get; } = new("PLE, 4 + 2 experts", static (schema, tasks, seed) => new Ple(schema, tasks, Sized(new PleOptions { Levels = 1, SharedExperts = SharedExperts, SpecificExperts = SpecificExperts, ExpertHidden = [256, 128], TowerInput = TowerInput.TaskAndShared }), seed), 0.9815);

    /// <summary>Columns only, task tokens hidden from each other.</summary>
    public static BenchModel ColumnMasked { get; } = Net("MultiTab-Net, columns only, TxT", new MultiTabNetOptions { Attention = AttentionKind.Column }, 0.9807);

    /// <summary>Columns only, no mask.</summary>
    public static BenchModel ColumnOpen { get; } = Net("MultiTab-Net, columns only, no mask", new MultiTabNetOptions { Attention = AttentionKind.Column, Mask = TaskMask.None }, 0.9694);

    /// <summary>As published: what the official code computes with rope=true.</summary>
    public static BenchModel Published { get; } = Net("MultiTab-Net, columns and rows (value-only), TxT", new MultiTabNetOptions(), 0.9969);

    /// <summary>Rows that attend to each other (rope=false).</summary>
    public static BenchModel RowAttention { get; } = Net("MultiTab-Net, rows attend to each other, TxT", new MultiTabNetOptions { RowMode = RowMode.Attention }, 0.9627);

    /// <summary>The comparison, in the order of its table.</summary>
    public static IReadOnlyList<BenchModel> Comparison { get; } = [SingleTask, SharedBottom, Mmoe, Ple, ColumnMasked, ColumnOpen, Published, RowAttention];

    /// <summary>Those that share without attention.</summary>
    public static IReadOnlyList<BenchModel> MlpSharing { get; } = [SharedBottom, Mmoe, Ple];

    /// <summary>The paper's ablation of task tokens and masks, beside <see cref="Published"/>.</summary>
    public static IReadOnlyList<BenchModel> Ablation { get; } =
    [
        Net("single token, no mask", new MultiTabNetOptions { MultiToken = false, Mask = TaskMask.None }),
        Net("multi-token, no mask", new MultiTabNetOptions { Mask = TaskMask.None }),
        Net("multi-token, FxT", new MultiTabNetOptions { Mask = TaskMask.FeatureToTask }),
        Net("multi-token, FxT and TxT", new MultiTabNetOptions { Mask = TaskMask.Both }),
    ];

    private static BenchModel Net(string name, MultiTabNetOptions options, double? reference = null)
        => new(name, (schema, tasks, seed) => new MultiTabNet(schema, tasks, options, seed), reference);

    // As the official baselines: every column through a linear map of its own, batch normalisation, weights N(0, 0.01^2).
    private static T Sized<T>(T options)
        where T : TabularOptions
        => options with { EmbeddingWidth = Width, Numeric = NumericHandling.PerFieldLinear, Convention = MlpConvention.MultiTab, BatchNorm = true, TowerHidden = [64] };
}
