using Polymath.Merging.TaskVectors;
using Polymath.Tensors;

namespace Polymath.Merging.Tests;

public sealed class AdaMergingTests
{
    [Fact]
    public void A_uniform_prediction_has_entropy_ln_C_and_a_sure_one_none()
    {
        Assert.Equal(Math.Log(5), PredictionEntropy.Mean(Tensor.Zeros(2, 5)).Item(), 1e-6);
        Assert.Equal(Math.Log(5), PredictionEntropy.Mean(Tensor.Zeros(2, 5), EntropyForm.ShiftedLog).Item(), 1e-6);
        Assert.Equal(0, PredictionEntropy.Mean(Tensor.FromArray([90f, 0f, 0f, 0f, 80f, -5f], 2, 3)).Item(), 1e-3);
    }

    [Fact]
    public void A_zero_vector_has_no_gradient_and_keeps_its_coefficient()
    {
        var bench = new TinyBench(1);
        var still = new TaskVectorPool(bench.Theta0, [new("t0", bench.Pool.Vectors[0].Vector * 0f)]);
        AdaMergingResult result = AdaMerging.Fit(bench.Network, still, bench.Unlabeled, new AdaMergingOptions
        {
            Steps = 3,
            Observer = (in CoefficientStep step) =>
            {
                foreach (float value in step.Gradient) Assert.Equal(0f, value);
            },
        }, TestContext.Current.CancellationToken);
        Assert.All(result.Coefficients.Values.ToArray(), value => Assert.Equal(0.3f, value));
    }

    [Fact]
    public void Permuting_the_tasks_permutes_the_coefficients()
    {
        var bench = new TinyBench(3);
        var options = new AdaMergingOptions { Steps = 10, LearningRate = 0.02, BatchSize = 40 };
        AdaMergingResult one = AdaMerging.Fit(bench.Network, bench.Pool, bench.Unlabeled, options, TestContext.Current.CancellationToken);
        AdaMergingResult other = AdaMerging.Fit(bench.Network, new(bench.Theta0, [.. bench.Pool.Vectors.Reverse()]), [.. bench.Unlabeled.Reverse()], options, TestContext.Current.CancellationToken);
        for (int v = 0; v < 3; v++)
        {
            for (int b = 0; b < one.Coefficients.Blocks.Count; b++) Assert.Equal(one.Coefficients[v, b], other.Coefficients[2 - v, b], 1e-4f);
        }
    }

    [Fact]
    public void Entropy_falls_and_a_file_of_the_merged_model_gives_the_same_logits()
    {
        var bench = new TinyBench(2);
        AdaMergingResult result = AdaMerging.Fit(bench.Network, bench.Pool, bench.Unlabeled, new AdaMergingOptions { Steps = 60, LearningRate = 0.02 }, TestContext.Current.CancellationToken);
        Assert.True(result.Tasks.Sum(task => task.FinalEntropy) < result.Tasks.Sum(task => task.InitialEntropy));
        Assert.All(result.Tasks, task => Assert.Equal(40, task.FinalClasses.Sum()));
        Assert.All(result.Coefficients.Values.ToArray(), value => Assert.InRange(value, 0f, 1f));
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            result.Merged.Save(path);
            bench.Network.Evaluate();
            result.Coefficients.Merge(result.Pool).CopyTo(bench.Network);
            float[] inMemory = bench.Logits(1, [0, 1, 2]).ToArray();
            ModelState.Load(path).CopyTo(bench.Network);
            Assert.Equal(inMemory, bench.Logits(1, [0, 1, 2]).ToArray());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_class_that_takes_whole_batches_is_warned_of()
    {
        var bench = new TinyBench(1);
        Tensor pull = Tensor.FromArray([30f, 0f, 0f]);
        UnlabeledTask collapsed = bench.Unlabeled[0] with { Logits = rows => bench.Logits(0, rows) + pull };
        string warning = Assert.Single(AdaMerging.Fit(bench.Network, bench.Pool, [collapsed], new AdaMergingOptions { Steps = 2 }, TestContext.Current.CancellationToken).Warnings);
        Assert.Contains("task 't0': one class took more than 90", warning, StringComparison.Ordinal);
        Assert.Contains("4 of 4 batches, first at step 1", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Plus_plus_learns_with_the_agreeing_entries_and_a_plateau_ends_it_early()
    {
        var bench = new TinyBench(2);
        AdaMergingResult result = AdaMerging.Fit(bench.Network, bench.Pool, bench.Unlabeled, new AdaMergingOptions { Steps = 500, PlusPlus = true, LearningRate = 0.2, Plateau = 5 }, TestContext.Current.CancellationToken);
        TaskVector[] agreeing = GlobalTies.Split([.. bench.Pool.Vectors.Select(vector => vector.Vector)]);
        for (int v = 0; v < 2; v++) Assert.Equal(agreeing[v].Values[0].ToArray(), result.Pool.Vectors[v].Vector.Values[0].ToArray());
        Assert.InRange(result.LossCurve.Count, 10, 499);
    }

    [Fact]
    public void Bad_input_is_named()
    {
        var bench = new TinyBench(2);
        UnlabeledTask[] tasks = bench.Unlabeled;
        Fails("task vector 't1' has no head and inputs", () => Fit(bench, [tasks[0]]));
        Fails("there are no unlabelled tasks", () => Fit(bench, []));
        Fails("two tasks are called 't0'", () => Fit(bench, [tasks[0], tasks[0]]));
        Fails("task 't1': there are 0 unlabelled inputs", () => Fit(bench, [tasks[0], tasks[1] with { Rows = 0 }]));
        Fails("task 't1': found one output, which has no entropy", () => Fit(bench, [tasks[0], tasks[1] with { Logits = rows => bench.Logits(1, rows).Slice(1, 0, 1) }]));
        Fails("task 't1': the loss is NaN at step 1", () => Fit(bench, [tasks[0], tasks[1] with { Surrogate = rows => bench.Logits(1, rows).Sum() * float.NaN }]));
        Fails("initial coefficient -0.1 outside the clamp [0, 1]", () => Fit(bench, tasks, new AdaMergingOptions { Initial = -0.1 }));
        Fails("found 0 steps", () => Fit(bench, tasks, new AdaMergingOptions { Steps = 0 }));
        Fails("found the learning rate 0", () => Fit(bench, tasks, new AdaMergingOptions { LearningRate = 0 }));
        Assert.True(bench.Network.Training);
    }

    [Fact]
    public void A_surrogate_stands_in_where_there_are_no_classes()
    {
        var bench = new TinyBench(1);
        UnlabeledTask regression = bench.Unlabeled[0] with { Surrogate = rows => (bench.Logits(0, rows) * bench.Logits(0, rows)).Mean() };
        AdaMergingResult result = Fit(bench, [regression], new AdaMergingOptions { Steps = 40, LearningRate = 0.02 });
        Assert.True(result.LossCurve[^1] < result.LossCurve[0]);
        Assert.True(double.IsNaN(result.Tasks[0].FinalEntropy));
    }

    private static AdaMergingResult Fit(TinyBench bench, UnlabeledTask[] tasks, AdaMergingOptions? options = null) => AdaMerging.Fit(bench.Network, bench.Pool, tasks, options ?? new() { Steps = 2 }, TestContext.Current.CancellationToken);

    private static void Fails(string message, Action action) => Assert.Contains(message, Assert.Throws<MergeException>(action).Message, StringComparison.Ordinal);
}
