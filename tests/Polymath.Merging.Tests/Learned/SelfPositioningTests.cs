using Polymath.Learning.Optimization;
using Polymath.Merging.TaskVectors;
using Polymath.Tensors;

namespace Polymath.Merging.Tests;

public sealed class SelfPositioningTests
{
    [Fact]
    public void Of_one_expert_only_the_length_is_searched()
    {
        var bench = new TinyBench(1);
        SelfPositioningResult result = Search(bench, new() { Steps = 40, CheckEvery = 5 });
        Assert.Equal(1, Assert.Single(result.Weights), 12);
        Assert.NotEqual(1, result.Scale);
        Assert.Equal(result.Scale, result.Coefficients[0, 0], 1e-6);
    }

    [Fact]
    public void Identical_experts_and_still_ones_are_reported_and_not_searched()
    {
        var bench = new TinyBench(2);
        TaskVector tau = bench.Pool.Vectors[0].Vector;
        SelfPositioningResult same = SelfPositioning.Search(bench.Network, new(bench.Theta0, [new("a", tau), new("b", tau * 1f)]), [bench.Probe(0)], null, TestContext.Current.CancellationToken);
        Assert.Contains(same.Warnings, warning => warning.Contains("all experts are identical", StringComparison.Ordinal));
        Assert.Empty(same.LossCurve);
        Assert.Equal([0.5, 0.5], same.Weights);
        SelfPositioningResult still = SelfPositioning.Search(bench.Network, new(bench.Theta0, [new("a", tau), new("b", tau * 0f)]), [bench.Probe(0)], null, TestContext.Current.CancellationToken);
        Assert.Contains(still.Warnings, warning => warning.Contains("task vector 'b' is zero", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(PositionForm.SoftmaxScale)]
    [InlineData(PositionForm.Free)]
    public void The_point_found_is_no_worse_than_the_start_and_each_expert(PositionForm form)
    {
        var bench = new TinyBench(3);
        SelfPositioningResult result = Search(bench, new() { Form = form, Steps = 150, PerTaskBatches = false, Patience = null, AverageLast = 0.25 });
        Assert.True(result.Loss <= result.Trajectory[0].Loss + 1e-9);
        Assert.All(result.Vertices, vertex => Assert.True(result.Loss <= vertex.Loss + 0.02, $"{result.Loss} against {vertex.Loss} of {vertex.Name}"));
        Assert.Equal(result.Trajectory.Count + 1, result.TrajectoryCsv().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(64, result.Metadata["task_vector_sha256.t2"].Length);
        for (int i = 0; i < 3; i++) Assert.Equal(1, result.Vertices[i].Cosines[i], 9);
    }

    [Fact]
    public void Under_plain_descent_the_logits_of_the_weights_keep_their_mean_and_the_length_its_bounds()
    {
        var bench = new TinyBench(3);
        SelfPositioningResult result = Search(bench, new()
        {
            Steps = 30,
            LargestScale = 1.2,
            Optimizer = () => new Sgd(0.5),
            Observer = (in CoefficientStep step) =>
            {
                Assert.Equal(0, step.Gradient[0] + step.Gradient[1] + step.Gradient[2], 1e-5);
                Assert.Equal(0, step.Trained[0] + step.Trained[1] + step.Trained[2], 1e-5);
                Assert.InRange(step.Trained[3], 0f, 1.2f);
            },
        });
        Assert.Equal(1, result.Weights.Sum(), 9);
    }

    [Fact]
    public void The_entropy_penalty_has_the_gradient_of_finite_differences()
    {
        float[] trained = [0.3f, -0.8f, 1.1f, 1f], gradient = new float[4];
        SoftmaxScaleMap.EntropyPenalty(trained, 0.7, gradient);
        for (int i = 0; i < 3; i++)
        {
            float[] above = [.. trained], below = [.. trained];
            above[i] += 1e-2f;
            below[i] -= 1e-2f;
            Assert.Equal((SoftmaxScaleMap.EntropyPenalty(above, 0.7, new float[4]) - SoftmaxScaleMap.EntropyPenalty(below, 0.7, new float[4])) / (above[i] - below[i]), gradient[i], 1e-4);
        }
    }

    [Fact]
    public void InfoNce_of_perfect_pairs_has_a_closed_form_and_zero_vectors_are_finite()
    {
        Tensor axes = Tensor.FromArray([1f, 0f, 0f, 2f], 2, 2);
        Assert.Equal(Math.Log(1 + Math.Exp(-2)), InfoNce.Mean(axes, axes, 0.5f).Item(), 1e-6);
        Assert.Equal(Math.Log(1 + Math.Exp(-2) + 1), InfoNce.Mean(axes, axes, 0.5f, axes * 3f).Item(), 1e-6);
        Tensor zero = Tensor.Zeros(2, 2).WithGradient();
        using var tape = new Tape();
        Tensor loss = InfoNce.Mean(zero, axes);
        Assert.All(tape.Gradient(loss, zero).ToArray(), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void A_balanced_probe_draws_as_many_of_each_and_holds_some_out()
    {
        var bench = new TinyBench(2);
        var seen = new HashSet<int>();
        ProbeTask task = new("t0", 40, rows =>
        {
            seen.UnionWith(rows.ToArray());
            return Tensor.Scalar(0f);
        });
        ProbeTask drawn = Assert.Single(ProbeTask.Balanced([task], 20, 0.25, seed: 3));
        Assert.Equal((15, 5), (drawn.Rows, drawn.Validation!.Value.Rows));
        drawn.Loss([.. Enumerable.Range(0, 15)]);
        Assert.Equal(15, seen.Count);
        drawn.Validation.Value.Loss([.. Enumerable.Range(0, 5)]);
        Assert.Equal(20, seen.Count);
        Fails("found 40 examples for a probe of 50", () => ProbeTask.Balanced([bench.Probe(0)], 50));
    }

    [Fact]
    public void Bad_input_is_named()
    {
        var bench = new TinyBench(2);
        Fails("the probe has no tasks", () => SelfPositioning.Search(bench.Network, bench.Pool, []));
        Fails("drawn from test data", () => SelfPositioning.Search(bench.Network, bench.Pool, [bench.Probe(0) with { Split = ProbeSplit.Test }]));
        Fails("holds 40 examples, expected at least a batch of 64", () => Search(bench, new() { BatchSize = 64 }));
        Fails("a batch of one pair has no negatives", () => Search(bench, new() { BatchSize = 1 }));
        Fails("found the initial length -1", () => Search(bench, new() { InitialScale = -1 }));
        Fails("found 0 steps", () => Search(bench, new() { Steps = 0 }));
        Fails("task 't0': the probe loss is NaN", () => SelfPositioning.Search(bench.Network, bench.Pool, [bench.Probe(0) with { Loss = rows => bench.Logits(0, rows).Sum() * float.NaN }]));
    }

    private static SelfPositioningResult Search(TinyBench bench, SelfPositioningOptions options) => SelfPositioning.Search(bench.Network, bench.Pool, [.. Enumerable.Range(0, bench.Pool.Count).Select(bench.Probe)], options with { BatchSize = options.BatchSize == 32 ? 20 : options.BatchSize }, TestContext.Current.CancellationToken);

    private static void Fails(string message, Action action) => Assert.Contains(message, Assert.Throws<MergeException>(action).Message, StringComparison.Ordinal);
}
