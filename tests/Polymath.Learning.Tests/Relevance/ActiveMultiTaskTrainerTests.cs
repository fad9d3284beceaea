using Polymath.Learning.Relevance;
using Polymath.Tensors;

namespace Polymath.Tests.Relevance;

public sealed class ActiveMultiTaskTrainerTests
{
    [Theory]
    [InlineData(RelevanceNorm.L1)]
    [InlineData(RelevanceNorm.L2)]
    [InlineData(RelevanceNorm.Uniform)]
    public void Noise_free_tasks_are_learned_exactly(RelevanceNorm norm)
    {
        var world = new LinearWorld(noise: 0);
        ActiveResult result = new ActiveMultiTaskTrainer(world.Sources, world.Target, new() { K = world.Size, Budget = 600, Norm = norm, Lambda = norm == RelevanceNorm.L1 ? 0 : null }).Run(world.Sample);
        Assert.True(world.ExcessRisk(result) < 1e-9, $"excess risk {world.ExcessRisk(result)}");

        // The ridge of 1e-6 shrinks heads by about that much.
        Assert.True(result.History[^1].TargetError < 1e-9, $"leave-one-out error {result.History[^1].TargetError}");
        Assert.True(result.History[^1].Estimate.Residual < 1e-6);
    }

    [Fact]
    public void The_budget_is_spent_exactly_and_earlier_samples_are_kept()
    {
        var world = new LinearWorld();
        int[] asked = new int[world.Sources];
        ActiveResult result = new ActiveMultiTaskTrainer(world.Sources, world.Target, new() { K = 3, Budget = 601, Phases = 3 }).Run((source, count) =>
        {
            asked[source] += count;
            return world.Sample(source, count);
        });
        Assert.Equal(3, result.History.Count);
        Assert.Equal([201, 401, 601], result.History.Select(phase => phase.Allocation.Sum()));
        Assert.Equal(asked, result.History[^1].Allocation);
        Assert.True(result.History[0].Allocation.Max() - result.History[0].Allocation.Min() <= 1);
        for (int p = 1; p < 3; p++) Assert.All(Enumerable.Range(0, world.Sources), m => Assert.Equal(result.History[p].Allocation[m], result.History[p - 1].Allocation[m] + result.History[p].Drawn[m]));
        Assert.Null(result.History[0].SupportOverlap);
        Assert.InRange(result.History[1].SupportOverlap!.Value, 0, 1);
    }

    [Fact]
    public void Sampling_by_L1_relevance_favours_the_sources_in_the_support()
    {
        var world = new LinearWorld();
        ActiveResult result = new ActiveMultiTaskTrainer(world.Sources, world.Target, new() { K = 3, Budget = 900 }).Run(world.Sample);
        int[] support = result.History[0].Estimate.Support;
        Assert.True(support.Length <= 3);
        int least = support.Max(m => result.History[1].Drawn[m]);
        Assert.All(Enumerable.Range(0, world.Sources).Except(support), m => Assert.True(result.History[1].Drawn[m] <= 1 && least > 100, $"source {m} got {result.History[1].Drawn[m]}"));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_bits_and_the_asynchronous_form_too()
    {
        ActiveMultiTaskOptions options = new() { K = 3, Budget = 600, Seed = 5 };
        var first = new LinearWorld();
        var second = new LinearWorld();
        ActiveResult one = new ActiveMultiTaskTrainer(first.Sources, first.Target, options).Run(first.Sample);
        ActiveResult two = await new ActiveMultiTaskTrainer(second.Sources, second.Target, options).RunAsync(
            (source, count, token) => TaskSamples.CollectAsync(Stream(second.Sample(source, count)), count, second.Inputs, token), TestContext.Current.CancellationToken);
        Assert.Equal(one.TargetHead, two.TargetHead);
        Assert.Equal(one.SourceHeads, two.SourceHeads);
        for (int p = 0; p < 2; p++)
        {
            Assert.Equal(one.History[p].Allocation, two.History[p].Allocation);
            Assert.Equal(one.History[p].Nu, two.History[p].Nu);
        }
    }

    [Fact]
    public void Phases_without_pooling_learn_from_their_own_samples()
    {
        var world = new LinearWorld();
        ActiveResult result = new ActiveMultiTaskTrainer(world.Sources, world.Target, new() { K = 3, Budget = 600, Pool = false, Sparse = true, NMin = 5 }).Run(world.Sample);
        Assert.Equal(200, result.History[0].Allocation.Sum());
        Assert.Equal(400, result.History[1].Allocation.Sum());
        Assert.Equal(result.History[1].Drawn, result.History[1].Allocation);
        Assert.Equal(result.History[0].Estimate.Support, Enumerable.Range(0, world.Sources).Where(m => result.History[1].Drawn[m] > 0));
    }

    [Fact]
    public void A_support_that_jumps_keeps_the_relevance_of_the_phase_before()
    {
        // Overlap 1 is asked for and nearly pure noise is sampled, so that phase 3 must go on with the nu of phase 1.
        var world = new LinearWorld(noise: 20, seed: 3);
        ActiveResult result = new ActiveMultiTaskTrainer(world.Sources, world.Target, new() { K = 3, Budget = 900, Phases = 3, MinimumOverlap = 1 }).Run(world.Sample);
        Assert.True(result.History[1].SupportOverlap < 1);
        int[] expected = SampleAllocator.Allocate(result.History[0].Estimate.AllocationNu, RelevanceNorm.L1, 900, [.. result.History[1].Allocation]);
        Assert.Equal(expected, result.History[2].Allocation);
    }

    [Fact]
    public void Costs_bound_what_is_spent()
    {
        var world = new LinearWorld();
        double[] costs = [.. Enumerable.Range(0, world.Sources).Select(m => 1.0 + (m % 3))];
        ActiveResult result = new ActiveMultiTaskTrainer(world.Sources, world.Target, new() { K = 3, Budget = 900, Costs = costs }).Run(world.Sample);
        Assert.InRange(result.History[^1].Allocation.Zip(costs, (n, c) => n * c).Sum(), 900 - 3, 900);
    }

    [Fact]
    public void Alternating_least_squares_returns_orthonormal_directions_in_the_span_of_the_tasks()
    {
        var world = new LinearWorld(noise: 0);
        TaskSamples[] sources = [.. Enumerable.Range(0, world.Sources).Select(m => world.Sample(m, 20))];
        var representation = (LinearRepresentation)new AlternatingLeastSquares().Learn(sources, 3, new RandomStream(0));
        for (int i = 0; i < 3; i++)
        {
            for (int j = 0; j < 3; j++) Assert.Equal(i == j ? 1 : 0, Dot(representation.Direction(i), representation.Direction(j)), 12);
            Assert.True(RandomHeads.Norm(representation.Direction(i)[3..].ToArray()) < 1e-5, $"direction {i} leaves the subspace");
        }
    }

    [Fact]
    public void The_representation_may_be_larger_than_what_the_tasks_span()
    {
        // Two distinct heads, k = 4: the other directions are arbitrary but the prediction is not.
        var world = new LinearWorld(size: 2, noise: 0);
        ActiveResult result = new ActiveMultiTaskTrainer(world.Sources, world.Target, new() { K = 4, Budget = 600 }).Run(world.Sample);
        Assert.True(world.ExcessRisk(result) < 1e-8, $"excess risk {world.ExcessRisk(result)}");
    }

    [Fact]
    public void The_leave_one_out_error_is_that_of_leaving_each_sample_out()
    {
        var world = new LinearWorld(inputs: 3, noise: 0.5, targetSamples: 9);
        double[] head = new double[3];
        double sum = 0;
        for (int left = 0; left < 9; left++)
        {
            TaskSamples rest = new([.. Enumerable.Range(0, 27).Where(i => i / 3 != left).Select(i => world.Target.Inputs[i])], [.. world.Target.Labels.Where((_, i) => i != left)], 3);
            LinearHead.Fit(rest.Inputs, rest.Labels, head);
            sum += Math.Pow(world.Target.Labels[left] - Dot(world.Target.Input(left), head), 2);
        }

        // The ridge is relative to the features, so it differs by a millionth between the fits.
        Assert.Equal(sum / 9, LinearHead.LeaveOneOutError(world.Target.Inputs, world.Target.Labels), 1e-5);
    }

    [Fact]
    public void Bad_settings_are_refused_with_one_sentence()
    {
        var world = new LinearWorld();
        ActiveMultiTaskOptions good = new() { K = 3, Budget = 600 };
        Refused("only 2 sources, expected k <= M", () => New(2, world.Target, good));
        Refused("the target has only 2 samples", () => New(10, new LinearWorld(targetSamples: 2).Target, good));
        Refused("every label of the target is 1", () => New(10, new TaskSamples(new double[12], [1, 1, 1, 1], 3), good));
        Refused("the budget is 50 samples for 10 sources, expected at least N_min = 10 each", () => New(10, world.Target, good with { Budget = 50 }));
        Refused("N_min is -1", () => New(10, world.Target, good with { NMin = -1 }));
        Refused("there are 0 phases", () => New(10, world.Target, good with { Phases = 0 }));
        Refused("the exploration fraction is 0", () => New(10, world.Target, good with { ExplorationFraction = 0 }));
        Refused("the exploration fraction is NaN", () => New(10, world.Target, good with { ExplorationFraction = double.NaN }));
        Refused("the minimum overlap is 2", () => New(10, world.Target, good with { MinimumOverlap = 2 }));
        Refused("k is 0", () => New(10, world.Target, good with { K = 0 }));
        Refused("there are 0 sources", () => New(0, world.Target, good));
        Refused("costs -2", () => New(10, world.Target, good with { Costs = [1, 1, 1, -2, 1, 1, 1, 1, 1, 1] }));
        Refused("takes 1000, expected a budget", () => New(10, world.Target, good with { Costs = [.. Enumerable.Repeat(10.0, 10)] }));
    }

    [Fact]
    public void Bad_samples_are_refused_with_one_sentence()
    {
        var world = new LinearWorld();
        ActiveMultiTaskTrainer trainer = New(10, world.Target, new() { K = 3, Budget = 600 });
        Refused("answered with 1 samples of source 0, expected 20", () => trainer.Run((source, _) => world.Sample(source, 1)));
        Refused("answered with 0 samples of source 0, expected 20", () => trainer.Run((_, _) => null!));
        Refused("have 2 features, expected 12", () => trainer.Run((_, count) => new TaskSamples(new double[2 * count], new double[count], 2)));
        Refused("the labels hold NaN", () => _ = new TaskSamples([1], [double.NaN], 1));
        Refused("the inputs hold", () => _ = new TaskSamples([double.NegativeInfinity], [1], 1));
        Refused("3 input values for 2 labels of 2 features", () => _ = new TaskSamples([1, 2, 3], [1, 2], 2));
        Refused("inputs have 12 features, expected k <= d", () => new AlternatingLeastSquares().Learn([world.Target], 13, new RandomStream(0)));
        Refused("no source has samples", () => new AlternatingLeastSquares().Learn([new TaskSamples([], [], 3)], 1, new RandomStream(0)));
    }

    private static ActiveMultiTaskTrainer New(int sources, TaskSamples target, ActiveMultiTaskOptions options) => new(sources, target, options);

    private static async IAsyncEnumerable<(double[] Input, double Label)> Stream(TaskSamples samples)
    {
        for (int i = 0; i < samples.Count; i++)
        {
            await Task.Yield();
            yield return (samples.Input(i).ToArray(), samples.Labels[i]);
        }
    }

    private static double Dot(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        double sum = 0;
        for (int i = 0; i < first.Length; i++) sum += first[i] * second[i];
        return sum;
    }

    private static void Refused(string part, Action act) => Assert.Contains(part, Assert.Throws<RelevanceException>(act).Message, StringComparison.Ordinal);
}
