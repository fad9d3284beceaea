using System.Globalization;
using Polymath.Learning.Optimization;
using Polymath.Merging;
using Polymath.Merging.TaskVectors;
using Polymath.Reproductions.Merging;

namespace Polymath.Reproductions.AnisotropicScaling;

/// <summary>Task addition on one bench: one learned scalar for each vector, and one for each vector and tensor, beside the baselines.</summary>
internal sealed class AdditionStudy(MergingBenchOptions options, IReadOnlyDictionary<string, double> references)
{
    public const string ZeroShot = "zero-shot (pre-trained)", Best = "task arithmetic, best scale", Isotropic = "learned, one scalar for each vector", BlockWise = "aTLAS, one scalar for each vector and tensor", Individual = "individual experts";
    private const int Epochs = 10, StepsPerEpoch = 40, RowsPerTask = 16;
    private const double Rate = 1e-2;

    /// <summary>The benches with what an independent run of the authors' code measured on them.</summary>
    public static IReadOnlyList<AdditionStudy> All =>
    [
        new(MergingBenchOptions.D8, new Dictionary<string, double> { [ZeroShot] = 0.890, [Best] = 0.892, [Isotropic] = 0.897, [BlockWise] = 0.903, [Individual] = 0.972 }),
        new(MergingBenchOptions.D8WeakSix, new Dictionary<string, double> { [ZeroShot] = 0.525, [Best] = 0.579, [Isotropic] = 0.602, [BlockWise] = 0.660, [Individual] = 0.971 }),
        new(MergingBenchOptions.D8WeakFour, new Dictionary<string, double> { [ZeroShot] = 0.598, [Best] = 0.651, [Isotropic] = 0.650, [BlockWise] = 0.723, [Individual] = 0.974 }),
        new(MergingBenchOptions.Canvas, new Dictionary<string, double> { [ZeroShot] = 0.708, [Best] = 0.736, [Isotropic] = 0.761, [BlockWise] = 0.791, [Individual] = 0.934 }),
    ];

    public string Name => options.Name;

    public bool WeakStart => ReferenceEquals(options, MergingBenchOptions.D8WeakSix) || ReferenceEquals(options, MergingBenchOptions.D8WeakFour);

    public MethodScores Scores { get; } = new();

    public void Run((float[] Pixels, float[] Classes) digits, int seed, CancellationToken cancellation)
    {
        MergingBench bench = MergingBench.Prepare(digits, options, seed, cancellation);
        Scores.Add(ZeroShot, MergingBaselines.ZeroShot(bench).Mean);
        Scores.Add(Individual, MergingBaselines.Individual(bench).Mean);
        Scores.Add("weight average", MergingBaselines.Average(bench).Mean);
        Scores.Add(Best, MergingBaselines.TaskArithmetic(bench).Mean);
        Scores.Add("TIES 20 % mean, best scale", MergingBaselines.Ties(bench, TiesAggregation.Mean).Mean);
        Scores.Add(Isotropic, Learn(bench, CoefficientGranularity.Isotropic, seed, cancellation));
        Scores.Add(BlockWise, Learn(bench, CoefficientGranularity.PerTensor, seed, cancellation));
    }

    public ReportCell Cell(string method) => Scores.Cell(method, references.TryGetValue(method, out double figure) ? figure : null);

    public IEnumerable<ReproductionAssertion> Judge()
    {
        const double SixPoints = 0.06;
        double blockWise = Scores.Mean(BlockWise), isotropic = Scores.Mean(Isotropic), zeroShot = Scores.Mean(ZeroShot);
        yield return new($"{Name}: a scalar for each tensor is better than one for each vector", blockWise > isotropic, string.Create(CultureInfo.InvariantCulture, $"{blockWise:F3} against {isotropic:F3}"));
        if (WeakStart) yield return new($"{Name}: six points or more above the pre-trained network", blockWise >= zeroShot + SixPoints, string.Create(CultureInfo.InvariantCulture, $"{blockWise:F3} against {zeroShot:F3}"));
    }

    private static double Learn(MergingBench bench, CoefficientGranularity granularity, int seed, CancellationToken cancellation)
    {
        SupervisedTask[] tasks = [.. Enumerable.Range(0, bench.Tasks).Select(task => BenchTaskData.Supervised(bench, task, BenchSplit.Validation))];
        AtlasResult result = Atlas.Learn(bench.Encoder, BenchTaskData.Pool(bench), AtlasObjective.Addition(tasks), new AtlasOptions
        {
            Granularity = granularity,
            LearningRate = Rate,
            Schedule = LearningRateSchedule.Constant,
            Epochs = Epochs,
            StepsPerEpoch = StepsPerEpoch,
            BatchSize = RowsPerTask * bench.Tasks,
            Seed = (ulong)seed,
        }, cancellation);
        return MergingBaselines.One(bench, granularity.Description, result.Merged).Mean;
    }
}
