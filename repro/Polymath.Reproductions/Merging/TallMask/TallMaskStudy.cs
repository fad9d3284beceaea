using Polymath.Merging.Masks;
using Polymath.Merging.TaskVectors;

namespace Polymath.Reproductions.Merging.TallMask;

/// <summary>Masks, consensus and their rivals on one bench.</summary>
internal sealed class TallMaskStudy(MergingBenchOptions options, int seeds)
{
    public const string Individual = "individual experts", TallSum = "TALL-masks, sum", TallTies = "TALL-masks, TIES", Magnitude = "magnitude masks, 10 %", Emr = "EMR", ZeroShot = "zero-shot (pre-trained)",
        Arithmetic = "task arithmetic, best scale", ConsensusSum = "consensus, sum", ConsensusTies = "consensus, TIES", Ties = "TIES 20 % mean, best scale", TiesSum = "TIES 20 % sum, best scale";

    /// <summary>Mean test accuracy over tasks, in percent.</summary>
    public MergingScores Accuracy { get; } = new();

    /// <summary>Density of the masks, catastrophic and selfish weights in percent, lambda, and times smaller.</summary>
    public MergingScores Masks { get; } = new();

    public string Name => options.Name;

    public int Seeds => seeds;

    public void Run((float[] Pixels, float[] Classes) digits, Action<int> report, CancellationToken cancellation)
    {
        for (int seed = 0; seed < seeds; seed++)
        {
            report(seed);
            Measure(MergingBench.Prepare(digits, options, seed, cancellation));
        }
    }

    private void Measure(MergingBench bench)
    {
        TaskEvaluator validation = (model, task) => bench.Accuracy(model, task, BenchSplit.Validation);
        TaskMaskSet sum = TallMasks.Build(bench.Theta0, bench.Tuned, new TallMaskOptions(), validation), ties = TallMasks.Build(bench.Theta0, bench.Tuned, new TallMaskOptions { MultiTaskVector = MultiTaskVectorRule.Ties() }, validation);
        Accuracy.Add(MergingBaselines.Individual(bench));
        Accuracy.Add(MergingBaselines.PerTask(bench, TallSum, sum.Reconstruct));
        Accuracy.Add(MergingBaselines.PerTask(bench, TallTies, ties.Reconstruct));
        Accuracy.Add(MergingBaselines.PerTask(bench, Magnitude, MagnitudeMasks.Build(bench.Theta0, bench.Tuned).Reconstruct));
        Accuracy.Add(MergingBaselines.PerTask(bench, Emr, EmrMerging.Build(bench.Theta0, bench.Tuned).Reconstruct));
        Accuracy.Add(MergingBaselines.ZeroShot(bench));
        Accuracy.Add(MergingBaselines.Average(bench));
        Accuracy.Add(MergingBaselines.TaskArithmetic(bench));
        Accuracy.Add(MergingBaselines.One(bench, ConsensusSum, ConsensusMerging.Merge(sum, score: bench.NormalizedValidation).Model));
        Accuracy.Add(MergingBaselines.Ties(bench, TiesAggregation.Mean));
        Accuracy.Add(MergingBaselines.Ties(bench, TiesAggregation.Sum));
        Accuracy.Add(MergingBaselines.One(bench, ConsensusTies, ConsensusMerging.Merge(ties, score: bench.NormalizedValidation).Model));
        double[] shares = sum.UsageShares();
        Masks.Add("weights that a task keeps, %", 100 * Enumerable.Range(0, bench.Tasks).Average(sum.Density));
        Masks.Add("weights that no task keeps (catastrophic), %", 100 * shares[0]);
        Masks.Add("weights that one task keeps (selfish), %", 100 * shares[1]);
        Masks.Add("mean of the chosen lambda", sum.Lambdas.Average());
        Masks.Add("times smaller than T models", sum.CompressionReport().Ratio);
    }
}
