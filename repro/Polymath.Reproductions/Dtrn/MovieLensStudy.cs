using System.Globalization;
using Polymath.Data;
using Polymath.Learning;
using Polymath.Learning.Optimization;
using Polymath.Learning.Training;
using Polymath.Reproductions.Tables;
using Polymath.Tabular;

namespace Polymath.Reproductions.Dtrn;

/// <summary>
/// Will a user like a film, and give it five stars? With the films he liked and disliked before as two behaviours; every user's last fifth of
/// ratings is the test. Variants of DTRN, and an MMoE that sees the mean of every history, or an attention over it.
/// </summary>
internal sealed class MovieLensStudy(string folder, int seeds, int epochs)
{
    public const string MeanPooling = "MMoE, mean of histories", AttentionPooling = "MMoE, attention over histories (DIN)";
    private const int Batch = 512, Width = 16, Patience = 2;
    private const double LearningRate = 1e-3;
    private static readonly string[] s_behaviours = ["liked", "disliked"];

    private readonly (string Name, Func<TabularData, ulong, TabularModel> Create)[] _models =
    [
        (MeanPooling, (data, seed) => Mixture(data, SequencePooling.Mean, seed)),
        (AttentionPooling, (data, seed) => Mixture(data, SequencePooling.Attention, seed)),
        .. DtrnVariant.Towers.Select(variant => (variant.Name, (Func<TabularData, ulong, TabularModel>)((data, seed) => new Tabular.Dtrn(data, data.Tasks, Options(variant), seed)))),
    ];

    private int _rows;

    /// <summary>Fits to do.</summary>
    public int Fits => seeds * _models.Length;

    /// <summary>What came out.</summary>
    public VariantScores Scores { get; } = new();

    /// <summary>Trains everything.</summary>
    public void Run(Action<int, string> report, CancellationToken cancellation)
    {
        (Table table, Split split) = MovieLensTable.Read(folder);
        EncoderOptions options = MovieLensTable.Options;
        TaskSet tasks = MovieLensTable.Tasks;
        TabularData data = table.Encode(tasks, split, options: options with { Sequences = [.. options.Sequences.Where(sequence => s_behaviours.Contains(sequence.Column))], Drop = ["genres"] });
        _rows = data.Train.Rows;
        int done = 0;
        for (int seed = 0; seed < seeds; seed++)
        {
            foreach ((string name, Func<TabularData, ulong, TabularModel> create) in _models)
            {
                report(done++, string.Create(CultureInfo.InvariantCulture, $"MovieLens, {name}, seed {seed + 1} of {seeds}"));
                TabularModel model = create(data, (ulong)seed);
                new Trainer(model)
                {
                    Optimizer = new Adam(LearningRate),
                    Options = new TrainerOptions { Epochs = epochs, BatchSize = Batch, Patience = Patience, Seed = (ulong)seed, ConflictSamples = 0 },
                }.Fit(data.Train, data.Validation, cancellation: cancellation);
                Scores.Add(name, [.. Evaluation.Score(model, data.Test!).Select(score => score.Value)]);
            }
        }
    }

    /// <summary>AUC by task, their mean, and the gain over the shared encoder.</summary>
    public ReportTable Table() => new(
        string.Create(CultureInfo.InvariantCulture, $"Test AUC on MovieLens latest-small: {_rows:N0} training rows, at most {epochs} epochs, {seeds} seed{(seeds == 1 ? string.Empty : "s")} (mean ± standard deviation)"),
        ["model", "rating >= 4", "rating = 5", "mean", "gain"],
        [.. _models.Select(model => Scores.Row(model.Name, DtrnVariant.Neither.Name, null))]);

    private static MMoE Mixture(TabularData data, SequencePooling pooling, ulong seed) => new(
        data,
        data.Tasks,
        new MMoEOptions { Experts = 4, ExpertHidden = [64], TowerHidden = [32], EmbeddingWidth = Width, SequencePooling = pooling },
        seed);

    private static DtrnOptions Options(DtrnVariant variant) => new() { EmbeddingWidth = Width, TowerHidden = [64, 32], UseTim = variant.Tim, UseTrm = variant.Trm, Head = variant.Head };
}
