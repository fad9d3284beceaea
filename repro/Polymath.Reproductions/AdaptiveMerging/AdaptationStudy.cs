using Polymath.Merging;
using Polymath.Merging.TaskVectors;
using Polymath.Reproductions.Merging;

namespace Polymath.Reproductions.AdaptiveMerging;

/// <summary>One regime over its seeds: baselines, AdaMerging at two granularities, AdaMerging++, and what the runs warned of.</summary>
internal sealed class AdaptationStudy(AdaptationRegime regime, int seeds)
{
    public AdaptationRegime Regime { get; } = regime;

    public MethodScores Scores { get; } = new();

    /// <summary>Seeds in which the layer-wise run warned of its classes.</summary>
    public int Warned { get; private set; }

    public int Seeds { get; } = seeds;

    /// <summary>Mean entropies of the layer-wise runs, start and end, over tasks and seeds.</summary>
    public List<(double Start, double End)> Entropies { get; } = [];

    /// <summary>How far the classes of the most changed task moved in each seed, 0 to 1.</summary>
    public List<double> Drifts { get; } = [];

    public void Run((float[] Pixels, float[] Classes) digits, int seed, CancellationToken cancellation)
    {
        MergingBench bench = MergingBench.Prepare(digits, Regime.Bench, seed, cancellation);
        Add(AdaptationRegime.ZeroShot, MergingBaselines.ZeroShot(bench));
        Add("individual experts", MergingBaselines.Individual(bench));
        Add("weight average", MergingBaselines.Average(bench));
        Add(AdaptationRegime.Fixed, MergingBaselines.One(bench, AdaptationRegime.Fixed, TaskVector.Sum(bench.TaskVectors).ApplyTo(bench.Theta0, 0.3f)));
        Add(AdaptationRegime.Best, MergingBaselines.TaskArithmetic(bench));
        Add("TIES 20 % mean, best scale", MergingBaselines.Ties(bench, TiesAggregation.Mean));
        AdaMergingOptions options = Regime.Options with { Seed = (ulong)seed };
        AdaMergingResult layerWise = Fit(bench, AdaptationRegime.LayerWise, options, cancellation);
        Fit(bench, AdaptationRegime.TaskWise, options with { Granularity = CoefficientGranularity.Isotropic }, cancellation);
        Fit(bench, AdaptationRegime.PlusPlus, options with { PlusPlus = true }, cancellation);
        Drifts.Add(layerWise.Tasks.Max(task => task.Drift));
        if (layerWise.Warnings.Count > 0) Warned++;
        Entropies.Add((layerWise.Tasks.Average(task => task.InitialEntropy), layerWise.Tasks.Average(task => task.FinalEntropy)));
    }

    private AdaMergingResult Fit(MergingBench bench, string method, AdaMergingOptions options, CancellationToken cancellation)
    {
        AdaMergingResult result = AdaMerging.Fit(bench.Encoder, BenchTaskData.Pool(bench), BenchTaskData.Unlabeled(bench, BenchSplit.Validation), options, cancellation);
        Add(method, MergingBaselines.One(bench, method, result.Merged));
        return result;
    }

    private void Add(string method, MergedModel model) => Scores.Add(method, model.Mean);
}
