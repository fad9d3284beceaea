using Polymath.Merging;
using Polymath.Merging.TaskVectors;
using Polymath.Reproductions.Merging;
using Polymath.Tests;

namespace Polymath.Reproductions.Tests.Merging;

/// <summary>What the learned merges do on real digits: the published gain of anisotropic scaling, and the collapse of entropy minimisation from a weak start.</summary>
public sealed class LearnedMergeTests
{
    [Fact]
    public void From_a_weak_start_entropy_falls_accuracy_falls_with_it_and_a_warning_says_why()
    {
        MergingBench bench = Prepare(MergingBenchOptions.D8WeakFour);
        UnlabeledTask[] tasks = [.. Enumerable.Range(0, bench.Tasks).Select(task => new UnlabeledTask(bench.NameOf(task), bench.Images(task, BenchSplit.Validation).Count, Logits(bench, task)))];
        AdaMergingResult result = AdaMerging.Fit(bench.Encoder, Pool(bench), tasks, new AdaMergingOptions { LearningRate = 1e-2, Steps = 300 }, TestContext.Current.CancellationToken);
        double start = MergingBaselines.One(bench, "0.3", TaskVector.Sum(bench.TaskVectors).ApplyTo(bench.Theta0, 0.3f)).Mean, end = MergingBaselines.One(bench, "adapted", result.Merged).Mean;
        Assert.True(result.Tasks.Average(task => task.FinalEntropy) < 0.5 * result.Tasks.Average(task => task.InitialEntropy));
        Assert.True(end < start, $"{end} against {start}");
        Assert.Contains(result.Warnings, warning => warning.Contains("of its inputs moved", StringComparison.Ordinal));
    }

    [Fact]
    public void A_scalar_for_each_tensor_composes_better_than_one_for_each_vector()
    {
        MergingBench bench = Prepare(MergingBenchOptions.D8WeakSix);
        double Learn(CoefficientGranularity granularity)
        {
            AtlasObjective addition = AtlasObjective.Addition([.. Enumerable.Range(0, bench.Tasks).Select(task => SupervisedTask.Classification(bench.NameOf(task), Array.ConvertAll(bench.Images(task, BenchSplit.Validation).Labels, label => (int)label), Logits(bench, task)))]);
            return MergingBaselines.One(bench, granularity.Description, Atlas.Learn(bench.Encoder, Pool(bench), addition, new AtlasOptions { Granularity = granularity, LearningRate = 1e-2, Epochs = 10, StepsPerEpoch = 40, BatchSize = 16 * bench.Tasks }, TestContext.Current.CancellationToken).Merged).Mean;
        }

        Assert.True(Learn(CoefficientGranularity.PerTensor) > Learn(CoefficientGranularity.Isotropic));
    }

    private static MergingBench Prepare(MergingBenchOptions options)
        => MergingBench.Prepare(FlatMtl.DigitPairs.Read(SharedFiles.RequireData("sklearn-small", "digits.csv.gz")), options, seed: 0, TestContext.Current.CancellationToken);

    private static TaskVectorPool Pool(MergingBench bench) => BenchTaskData.Pool(bench);

    private static RowForward Logits(MergingBench bench, int task) => BenchTaskData.Logits(bench, task, BenchSplit.Validation);
}
