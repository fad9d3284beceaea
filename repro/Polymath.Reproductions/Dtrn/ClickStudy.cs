using System.Globalization;
using Polymath.Learning.Optimization;
using Polymath.Learning.Training;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Reproductions.Dtrn;

/// <summary>Trains variants of DTRN on <see cref="ClickTable"/>: the same rows, first tables and order of rows for all of them.</summary>
internal sealed class ClickStudy(int seeds, int train, int test, int epochs, IReadOnlyList<DtrnVariant> variants)
{
    private const int Batch = 256;
    private const double LearningRate = 3e-3;

    /// <summary>Fits to do.</summary>
    public int Fits => seeds * variants.Count;

    /// <summary>What came out.</summary>
    public VariantScores Scores { get; } = new();

    /// <summary>The model of the experiment.</summary>
    /// <param name="variant">Which parts it has.</param>
    /// <param name="seed">Key of the first weights.</param>
    public static Tabular.Dtrn Model(DtrnVariant variant, ulong seed)
    {
        var options = new DtrnOptions
        {
            EmbeddingWidth = 8,
            ConditionWidth = 4,
            HyperHidden = 16,
            FeedForward = 16,
            RefineHidden = 8,
            TowerHidden = [32],
            ExpertHidden = [32],
            Experts = 4,
            SpecificExperts = 1,
            BatchNorm = false,
            UseTim = variant.Tim,
            UseTrm = variant.Trm,
            Head = variant.Head,
        };
        var model = new Tabular.Dtrn(ClickTable.Schema, ClickTable.Tasks, options, seed);

        // Item vectors start from N(0, 1) and positions from N(0, 0.01), a variance.
        const float PositionDeviation = 0.1f;
        Start("items", "embedding.fields.0.weight", 1f);
        Start("positions", "positions.weight", PositionDeviation);
        return model;

        void Start(string stream, string name, float deviation)
            => new RandomStream(seed).Derive(stream).FillNormal(model.NamedParameters().Single(entry => entry.Key == name).Value.Value.Span, 0f, deviation);
    }

    /// <summary>Trains everything.</summary>
    public void Run(Action<int, string> report, CancellationToken cancellation)
    {
        int done = 0;
        for (int seed = 0; seed < seeds; seed++)
        {
            (ArrayDataset rows, ArrayDataset held) = ClickTable.Draw(train, test, new RandomStream((ulong)seed).Derive("dtrn"));
            foreach (DtrnVariant variant in variants)
            {
                report(done++, string.Create(CultureInfo.InvariantCulture, $"histories, {variant.Name}, seed {seed + 1} of {seeds}"));
                Tabular.Dtrn model = Model(variant, (ulong)seed);
                new Trainer(model)
                {
                    Optimizer = new Adam(LearningRate),
                    Options = new TrainerOptions { Epochs = epochs, BatchSize = Batch, Patience = 0, Seed = (ulong)seed, ConflictSamples = 0 },
                }.Fit(rows, null, cancellation: cancellation);
                Scores.Add(variant.Name, [.. Evaluation.Score(model, held).Select(score => score.Value)]);
            }
        }
    }

    /// <summary>AUC by task, their mean, and the gain over the shared encoder under the same head.</summary>
    public ReportTable Table() => new(
        string.Create(CultureInfo.InvariantCulture, $"Test AUC on synthetic click and buy histories: {train:N0} training rows, {epochs} epochs, {seeds} seed{(seeds == 1 ? string.Empty : "s")} (mean ± standard deviation)"),
        ["model", "task A", "task B", "mean", "gain"],
        [.. variants.Select(variant => Scores.Row(variant.Name, BaselineOf(variant).Name, variant.Reference))]);

    /// <summary>The same head over one encoder for all tasks.</summary>
    public static DtrnVariant BaselineOf(DtrnVariant variant) => variant.Head switch
    {
        DtrnHead.Mmoe => DtrnVariant.Mmoe.Without,
        DtrnHead.Ple => DtrnVariant.Ple.Without,
        _ => DtrnVariant.Neither,
    };
}
