using Polymath.Reproductions.Merging;
using Polymath.Tests;

namespace Polymath.Reproductions.Tests.Merging;

public sealed class MergingBenchTests
{
    [Fact]
    public void The_tasks_show_the_same_digits_as_they_are_named()
    {
        MergingBench bench = Prepare(MergingBenchOptions.D8 with { PreTrainingSteps = 1, FineTuningEpochs = 0 });
        float[][] first = [.. Enumerable.Range(0, bench.Tasks).Select(task => bench.Images(task, BenchSplit.Test).Inputs[..64])];
        for (int row = 0; row < 8; row++)
        {
            for (int column = 0; column < 8; column++)
            {
                float pixel = first[0][(row * 8) + column];
                Assert.Equal(pixel, first[1][((7 - column) * 8) + row]);
                Assert.Equal(pixel, first[2][(row * 8) + 7 - column]);
                Assert.Equal(pixel, 1 - first[3][(row * 8) + column]);
                Assert.Equal(pixel, first[5][((7 - row) * 8) + 7 - column]);
                Assert.Equal(pixel, first[6][((row + 3) % 8 * 8) + column]);
                Assert.Equal(pixel, first[7][(row * 8) + ((column + 3) % 8)]);
            }
        }

        Assert.Equal(first[0].Order(), first[4].Order());
        Assert.NotEqual(first[0], first[4]);
        Assert.Equal((900, 300, 597), (bench.Images(0, BenchSplit.Train).Count, bench.Images(0, BenchSplit.Validation).Count, bench.Images(0, BenchSplit.Test).Count));
    }

    [Fact]
    public void A_seed_gives_the_same_experts_and_they_know_their_tasks_better()
    {
        MergingBenchOptions options = MergingBenchOptions.Canvas with { FineTuningEpochs = 2 };
        MergingBench bench = Prepare(options), again = Prepare(options);
        for (int task = 0; task < bench.Tasks; task++)
            Assert.Equal(0, (bench.TaskVectors[task] - again.TaskVectors[task]).Norm);
        Assert.True(MergingBaselines.Individual(bench).Mean > MergingBaselines.ZeroShot(bench).Mean);
        Assert.Equal(MergingBaselines.ZeroShot(bench).Test, bench.Accuracies(bench.TaskVectors[0].ApplyTo(bench.Theta0, 0f), BenchSplit.Test));
        Assert.Contains(MergingBaselines.TaskArithmetic(bench).Scale, MergingBaselines.Scales.Select(scale => (double)scale));
        Assert.Equal(33088, MergingBench.Prepare(Digits(), MergingBenchOptions.D8 with { PreTrainingSteps = 0, FineTuningEpochs = 0 }, seed: 1, TestContext.Current.CancellationToken).Theta0.Elements);
    }

    private static MergingBench Prepare(MergingBenchOptions options) => MergingBench.Prepare(Digits(), options, seed: 0, TestContext.Current.CancellationToken);

    private static (float[] Pixels, float[] Classes) Digits()
    {
        SharedFiles.RequireData("sklearn-small", "digits.csv.gz");
        return MergingBench.Read(new ReproductionContext { DataFolder = Path.Combine(SharedFiles.Root!, "data") });
    }
}
