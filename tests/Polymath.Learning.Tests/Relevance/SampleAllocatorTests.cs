using Polymath.Learning.Relevance;
using Polymath.Tensors;

namespace Polymath.Tests.Relevance;

public sealed class SampleAllocatorTests
{
    private static RelevanceNorm[] Norms => [RelevanceNorm.L1, RelevanceNorm.L2, RelevanceNorm.Uniform];

    [Fact]
    public void Exact_allocations_sum_to_the_budget_and_respect_the_floors() => RandomHeads.Check(one =>
    {
        double[] nu = [.. one.Heads().Take(one.Sources)];
        int total = 1 + (one.Seed % 10_000), floor = total / one.Sources / 3;
        foreach (RelevanceNorm norm in Norms)
        {
            int[] n = SampleAllocator.Allocate(nu, norm, total, floor);
            Assert.Equal(total, n.Sum());
            Assert.All(n, count => Assert.True(count >= floor, $"{one}: {count} is below {floor}"));
        }
    });

    [Fact]
    public void Without_floors_every_count_is_within_one_of_its_share() => RandomHeads.Check(one =>
    {
        double[] nu = [.. one.Heads(1).Take(one.Sources)];
        double sum = nu.Sum(Math.Abs), squares = nu.Sum(x => x * x);
        int[] n1 = SampleAllocator.Allocate(nu, RelevanceNorm.L1, 1000), n2 = SampleAllocator.Allocate(nu, RelevanceNorm.L2, 1000);
        for (int m = 0; m < nu.Length; m++)
        {
            Assert.True(Math.Abs(n1[m] - (1000 * Math.Abs(nu[m]) / sum)) < 1, $"{one}");
            Assert.True(Math.Abs(n2[m] - (1000 * nu[m] * nu[m] / squares)) < 1, $"{one}");
        }
    });

    [Fact]
    public void No_exchange_of_samples_between_two_sources_lowers_the_risk_of_the_L1_rule() => RandomHeads.Check(one =>
    {
        // sum nu^2 / n at the allocation with floors, against moving 2% of one source's budget to another, with costs.
        const int Budget = 1_000_000, Floor = 1000;
        var random = new RandomStream((ulong)one.Seed);
        double[] nu = [.. one.Heads(1).Take(one.Sources)], costs = [.. nu.Select(_ => 0.5 + (2 * random.NextDouble()))];
        int[] n = SampleAllocator.Allocate(nu, RelevanceNorm.L1, Budget, Floor, costs);
        double risk = Risk(n), spent = n.Zip(costs, (count, cost) => count * cost).Sum();
        Assert.InRange(spent, Budget - costs.Max() - 1e-6, Budget + 1e-3);
        for (int from = 0; from < n.Length; from++)
        {
            int to = (from + 1) % n.Length, moved = n[from] / 50;
            if (from == to || n[from] - moved < Floor) continue;
            int[] other = [.. n];
            other[from] -= moved;
            other[to] += (int)(moved * costs[from] / costs[to]);
            Assert.True(Risk(other) >= risk * (1 - 1e-6), $"{one}: moving {moved} from {from} to {to} lowers the risk from {risk} to {Risk(other)}");
        }

        double Risk(int[] counts) => counts.Select((count, m) => nu[m] * nu[m] / count).Sum();
    });

    [Fact]
    public void Costs_enter_by_their_root_in_the_L1_rule_and_only_scale_the_others()
    {
        // n ~ (1/1, 1/2) with cost (1, 4): 1000 = n0 + 4 n1 gives 333.3 and 166.7; after rounding down 3 are left, which do not pay the larger remainder.
        Assert.Equal([334, 166], SampleAllocator.Allocate([1, -1], RelevanceNorm.L1, 1000, costs: [1, 4]));
        Assert.Equal([200, 200], SampleAllocator.Allocate([1, -1], RelevanceNorm.L2, 1000, costs: [1, 4]));
        Assert.Equal([200, 200], SampleAllocator.Allocate([1, -1], RelevanceNorm.Uniform, 1000, costs: [1, 4]));
    }

    [Fact]
    public void Floors_are_part_of_an_exact_budget_and_on_top_of_rounded_shares()
    {
        Assert.Equal([72, 24, 4], SampleAllocator.Allocate([0.9, -0.3, 0], RelevanceNorm.L1, 100, 4));
        Assert.Equal([75, 25, 4], SampleAllocator.Allocate([0.9, -0.3, 0], RelevanceNorm.L1, 100, 4, exact: false));
        Assert.Equal([75, 25, 0], SampleAllocator.Allocate([0.9, -0.3, 0], RelevanceNorm.L1, 100, 4, sparse: true));
        Assert.Equal([4, 3, 3], SampleAllocator.Allocate([1, 1, 1], RelevanceNorm.L1, 10));
        Assert.Equal([50, 50], SampleAllocator.Allocate([0, 0], RelevanceNorm.L2, 100, 4, sparse: true));
    }

    [Fact]
    public void Relevance_of_any_magnitude_is_allocated_without_overflow()
    {
        Assert.Equal([80, 20], SampleAllocator.Allocate([2e-200, 1e-200], RelevanceNorm.L2, 100));
        Assert.Equal([80, 20], SampleAllocator.Allocate([2e200, 1e200], RelevanceNorm.L2, 100));
    }

    [Fact]
    public void Bad_input_is_refused_with_one_sentence()
    {
        Refused("takes 30, expected a budget", () => SampleAllocator.Allocate([1, 2, 3], RelevanceNorm.L1, 20, 10));
        Refused("a sample of source 1 costs -1", () => SampleAllocator.Allocate([1, 2], RelevanceNorm.L1, 20, costs: [1, -1]), 1);
        Refused("a sample of source 0 costs 0", () => SampleAllocator.Allocate([1, 2], RelevanceNorm.L1, 20, costs: [0, 1]), 0);
        Refused("a sample of source 0 costs NaN", () => SampleAllocator.Allocate([1, 2], RelevanceNorm.L1, 20, costs: [double.NaN, 1]), 0);
        Refused("1 costs for 2 sources", () => SampleAllocator.Allocate([1, 2], RelevanceNorm.L1, 20, costs: [1]));
        Refused("nu of source 1 is NaN", () => SampleAllocator.Allocate([1, double.NaN], RelevanceNorm.L1, 20), 1);
        Refused("nu has 0 elements", () => SampleAllocator.Allocate([], RelevanceNorm.L1, 20));
        Refused("the budget is -1", () => SampleAllocator.Allocate([1], RelevanceNorm.L1, -1));
        Refused("the minimum per source is -1", () => SampleAllocator.Allocate([1], RelevanceNorm.L1, 5, -1));
        Refused("expected L1, L2 or Uniform", () => SampleAllocator.Allocate([1], (RelevanceNorm)9, 5));
    }

    private static void Refused(string part, Action act, int? task = null)
    {
        RelevanceException error = Assert.Throws<RelevanceException>(act);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Equal(task, error.TaskIndex);
    }
}
