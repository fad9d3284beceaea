using System.Globalization;
using Polymath.Learning.Balancing;
using Polymath.Learning.Optimization;
using Polymath.Learning.Training;
using Polymath.Tensors;

namespace Polymath.Reproductions.FlatMtl;

/// <summary>Trains <see cref="DigitPairNet"/> on <see cref="DigitPairs"/> with every rule and <see cref="FlatVariant"/>.</summary>
internal sealed class DigitPairStudy
{
    private const int BatchSize = 128;
    private const double LearningRate = 1e-3, MeasuredRadius = 0.05, Percent = 100;

    // Test accuracy in percent (task 1, task 2, mean) of the official training function on this problem after 50 epochs, two seeds.
    private static readonly (string Rule, FlatVariant Variant, double First, double Second, double Mean)[] s_official =
    [
        ("pcgrad", FlatVariant.Alone, 94.9, 88.4, 91.62), ("pcgrad", FlatVariant.Sam, 94.9, 89.4, 92.15), ("pcgrad", FlatVariant.Asam, 95.0, 90.5, 92.77),
        ("pcgrad", FlatVariant.Direct, 95.0, 90.5, 92.76), ("mgda", FlatVariant.Alone, 95.4, 88.9, 92.18), ("mgda", FlatVariant.Asam, 95.3, 90.8, 93.04),
    ];

    private readonly int _seeds, _epochs;
    private readonly Dictionary<(string Rule, FlatVariant Variant), DigitPairResult> _results = [];

    /// <param name="rules">Names with the balancers' specifications.</param>
    /// <param name="seeds">Data sets and networks to average over.</param>
    /// <param name="epochs">Passes over the training rows.</param>
    public DigitPairStudy(IReadOnlyList<(string Name, string Specification)> rules, int seeds, int epochs) => (Rules, _seeds, _epochs) = (rules, seeds, epochs);

    /// <summary>What is compared.</summary>
    public IReadOnlyList<(string Name, string Specification)> Rules { get; }

    /// <summary>The results of a rule in a variant.</summary>
    public DigitPairResult Of(string rule, FlatVariant variant) => _results[(rule, variant)];

    /// <summary>Trains everything.</summary>
    /// <param name="digits">What <see cref="DigitPairs.Read"/> read.</param>
    /// <param name="context">Told how far it is; stops it.</param>
    public void Run((float[] Pixels, float[] Classes) digits, ReproductionContext context)
    {
        int done = 0, work = _seeds * Rules.Count * FlatVariant.All.Count;
        for (int seed = 0; seed < _seeds; seed++)
        {
            RandomStream root = new RandomStream((ulong)seed).Derive("digit pairs");
            DigitPairs data = DigitPairs.Draw(digits, root.Derive("data"));
            foreach ((string name, string specification) in Rules)
            {
                foreach (FlatVariant variant in FlatVariant.All)
                {
                    context.Report(done++, work, string.Create(CultureInfo.InvariantCulture, $"{name} {variant.Name}, seed {seed + 1} of {_seeds}"));
                    if (!_results.TryGetValue((name, variant), out DigitPairResult? result)) _results[(name, variant)] = result = new DigitPairResult(_seeds);
                    Fit(data, specification, variant, seed, root, result, context.CancellationToken);
                }
            }
        }
    }

    /// <summary>Accuracies beside the official ones.</summary>
    public ReportTable Accuracies() => new(
        string.Create(CultureInfo.InvariantCulture, $"Test accuracy in percent after {_epochs} epochs, {Seeds}; in brackets the official training function after 50 epochs, two seeds"),
        ["balancer", "variant", "task 1", "task 2 (noisy)", "mean"],
        Rows((name, variant, result) =>
        {
            int official = Array.FindIndex(s_official, entry => entry.Rule == name && entry.Variant == variant);
            double? At(Func<(string Rule, FlatVariant Variant, double First, double Second, double Mean), double> figure) => official < 0 ? null : figure(s_official[official]);
            return [ReportCell.Over(result.First, At(entry => entry.First), decimals: 1), ReportCell.Over(result.Second, At(entry => entry.Second), decimals: 1), ReportCell.Over(result.Mean, At(entry => entry.Mean))];
        }));

    /// <summary>The rise of the losses over a step of length 0.05, and the time of a training step.</summary>
    public ReportTable Sharpnesses() => new(
        string.Create(CultureInfo.InvariantCulture, $"Rise of the loss, in thousandths, over a step of length {MeasuredRadius} up its own gradient at the end, and time of a training step, {Seeds}"),
        ["balancer", "variant", "task 1, train", "task 2, train", "task 1, test", "task 2, test", "ms a step"],
        Rows((_, _, result) => [.. result.TrainRise.Concat(result.TestRise).Select(rises => ReportCell.Over([.. rises.Select(rise => 1000 * rise)])), ReportCell.Over(result.StepMilliseconds)]));

    private string Seeds => _seeds == 1 ? "one seed" : string.Create(CultureInfo.InvariantCulture, $"{_seeds} seeds");

    private List<IReadOnlyList<ReportCell>> Rows(Func<string, FlatVariant, DigitPairResult, ReportCell[]> cells)
    {
        var rows = new List<IReadOnlyList<ReportCell>>();
        foreach ((string name, _) in Rules)
        {
            foreach (FlatVariant variant in FlatVariant.All) rows.Add((ReportCell[])[name, variant.Name, .. cells(name, variant, _results[(name, variant)])]);
        }

        return rows;
    }

    private void Fit(DigitPairs data, string specification, FlatVariant variant, int seed, RandomStream root, DigitPairResult result, CancellationToken cancellation)
    {
        var model = new DigitPairNet(root.Derive("weights"));
        var trainer = new Trainer(model)
        {
            Optimizer = new Adam(LearningRate),
            Balancer = Balancers.Create(specification),
            FlatRegions = variant.Regions,
            Options = new TrainerOptions { Epochs = _epochs, BatchSize = BatchSize, Seed = (ulong)seed, ConflictSamples = 0 },
        };
        FitResult fit = trainer.Fit(data.TrainRows, cancellation: cancellation);
        if (!fit.Completed) throw new OperationCanceledException(cancellation);
        double[] accuracies = [.. Evaluation.Score(model, data.TestRows).Select(score => Percent * score.Metrics["accuracy"])];
        double[] train = Sharpness.Measure(model, data.TrainRows, MeasuredRadius), test = Sharpness.Measure(model, data.TestRows, MeasuredRadius);
        (result.First[seed], result.Second[seed]) = (accuracies[0], accuracies[1]);
        for (int task = 0; task < accuracies.Length; task++) (result.TrainRise[task][seed], result.TestRise[task][seed]) = (train[task], test[task]);
        result.StepMilliseconds[seed] = 1000 * fit.Seconds / fit.History[^1].Steps;
    }
}
