using Polymath.Learning.Relevance;
using static Polymath.Tests.Relevance.RandomHeads;

namespace Polymath.Tests.Relevance;

public sealed class TaskRelevanceTests
{
    [Fact]
    public void The_squared_l1_norm_of_nu1_is_at_most_the_support_times_the_squared_l2_norm_of_nu2() => Check(one =>
    {
        RelevanceEstimate l1 = TaskRelevance.Estimate(one.Heads(), one.Target(), RelevanceNorm.L1, lambda: 0), l2 = TaskRelevance.Estimate(one.Heads(), one.Target(), RelevanceNorm.L2);
        double square = l2.Nu.Sum(x => x * x);
        Assert.True(l1.Norm1 * l1.Norm1 <= l2.Support.Length * square * (1 + 1e-9), $"{one}: {l1.Norm1 * l1.Norm1} exceeds {l2.Support.Length * square}");
        Assert.True(l1.Norm1 <= l2.Norm1 * (1 + 1e-9), $"{one}");
        Assert.True(square <= l1.Nu.Sum(x => x * x) * (1 + 1e-9), $"{one}");
    });

    [Fact]
    public void Equality_constrained_relevance_does_not_depend_on_the_basis_of_the_representation() => Check(one =>
    {
        double[] basis = one.Invertible(), heads = Multiply(basis, one.Heads(1), one.Size), target = Multiply(basis, one.Target(1), one.Size);
        RelevanceEstimate l2 = TaskRelevance.Estimate(one.Heads(1), one.Target(1), RelevanceNorm.L2), moved2 = TaskRelevance.Estimate(heads, target, RelevanceNorm.L2);
        RelevanceEstimate l1 = TaskRelevance.Estimate(one.Heads(1), one.Target(1), RelevanceNorm.L1, lambda: 0), moved1 = TaskRelevance.Estimate(heads, target, RelevanceNorm.L1, lambda: 0);
        for (int m = 0; m < one.Sources; m++)
        {
            // Square random heads can be badly conditioned, hence a tolerance relative to nu.
            Assert.Equal(l2.Nu[m], moved2.Nu[m], 1e-7 * (1 + l2.Norm1));
            Assert.Equal(l1.Nu[m], moved1.Nu[m], 1e-7 * (1 + l1.Norm1));
        }
    });

    [Fact]
    public void The_scale_of_heads_and_target_does_not_change_nu() => Check(one =>
    {
        foreach ((RelevanceNorm norm, double? lambda) in ((RelevanceNorm, double?)[])[(RelevanceNorm.L1, 0), (RelevanceNorm.L1, null), (RelevanceNorm.L2, null)])
        {
            RelevanceEstimate plain = TaskRelevance.Estimate(one.Heads(1), one.Target(1), norm, lambda), scaled = TaskRelevance.Estimate(one.Heads(), one.Target(), norm, lambda);
            for (int m = 0; m < one.Sources; m++) Assert.Equal(plain.Nu[m], scaled.Nu[m], 1e-5 * (1 + plain.Norm1));
        }
    });

    [Fact]
    public void The_automatic_lambda_leaves_at_most_a_tenth_of_the_target_unexplained() => Check(one =>
    {
        RelevanceEstimate estimate = TaskRelevance.Estimate(one.Heads(), one.Target(), RelevanceNorm.L1);
        double ratio = estimate.Lambda / Lasso.LargestLambda(one.Heads(), one.Target());
        Assert.InRange(ratio, 0.000999, 0.3001);
        Assert.True(estimate.Residual <= 0.1 * (1 + 1e-8) * Norm(one.Target(1)) * one.Scale || estimate.Warnings.Count == 1, $"{one}: residual {estimate.Residual}, no warning");
    });

    [Fact]
    public void The_relevance_of_the_worked_example_of_the_papers()
    {
        // Heads e1, e2 and others; the target is 0.8 e1 + 0.6 e2, so nu1 = (0.8, 0.6) with norm 1.4 unless a third head points there.
        double[] heads = [1, 0, 0.1, 0, 1, -0.1];
        RelevanceEstimate two = TaskRelevance.Estimate(heads, [0.8, 0.6], RelevanceNorm.L1, lambda: 0);
        Assert.Equal([0.8, 0.6, 0], two.Nu.Select(x => Math.Round(x, 12)));
        Assert.Equal([0, 1], two.Support);
        Assert.Equal(1.4, two.Norm1, 12);
    }

    [Fact]
    public void Normalised_heads_undo_label_scales()
    {
        // Source 1 is source 0 with labels a thousand times smaller: its head too. Unit heads make them copies, which share evenly.
        double[] heads = [1, 1e-3, 0, 0, 0, 1], target = [1, 0.5];
        RelevanceEstimate estimate = TaskRelevance.Estimate(heads, target, RelevanceNorm.L1, lambda: 0, normalizeHeads: true);
        double[] nu = [0.5, 500, 0.5], shares = [0.5, 0.5, 0.5];
        for (int m = 0; m < 3; m++)
        {
            Assert.Equal(nu[m], estimate.Nu[m], 9);
            Assert.Equal(shares[m], estimate.AllocationNu[m], 12);
        }

        Assert.Equal([1, 0, 0.5], TaskRelevance.Estimate(heads, target, RelevanceNorm.L1, lambda: 0).Nu.Select(x => Math.Round(x, 12)));
    }

    [Theory]
    [InlineData(RelevanceNorm.L1)]
    [InlineData(RelevanceNorm.L2)]
    public void A_target_outside_the_range_of_the_heads_is_approximated_with_a_warning(RelevanceNorm norm)
    {
        RelevanceEstimate estimate = TaskRelevance.Estimate([2, 1, 0, 0], [1, 3], norm, norm == RelevanceNorm.L1 ? 0 : null);
        Assert.Equal(3, estimate.Residual, 12);
        Assert.Equal(1, (2 * estimate.Nu[0]) + estimate.Nu[1], 12);
        Assert.Contains(estimate.Warnings, warning => warning.Contains("span only 1 of 2 dimensions", StringComparison.Ordinal));
        Assert.Contains(estimate.Warnings, warning => warning.Contains("the residual is 3 of 3.162", StringComparison.Ordinal));
    }

    [Fact]
    public void An_unrelated_target_gives_zero_relevance_and_uniform_allocation_with_a_warning()
    {
        RelevanceEstimate estimate = TaskRelevance.Estimate([1, 1, 0, 0], [0, 1], RelevanceNorm.L1);
        Assert.All(estimate.Nu, x => Assert.Equal(0, x));
        Assert.Contains(estimate.Warnings, warning => warning.StartsWith("Every nu is 0", StringComparison.Ordinal));
        Assert.Equal([5, 5], SampleAllocator.Allocate(estimate.Nu, RelevanceNorm.L1, 10));

        RelevanceEstimate large = TaskRelevance.Estimate([1, 0, 0, 1], [1, 1], RelevanceNorm.L1, lambda: 1);
        Assert.Equal([0, 0], large.Nu);
        Assert.Single(large.Warnings);
    }

    [Fact]
    public void Uniform_relevance_needs_no_heads_that_explain_anything()
        => Assert.Equal([0.5, 0.5], TaskRelevance.Estimate([1, 1, 0, 0], [0, 1], RelevanceNorm.Uniform).Nu);

    [Fact]
    public void Bad_input_is_refused_with_one_sentence()
    {
        Refused("k <= M", () => TaskRelevance.Estimate([1, 2], [1, 2], RelevanceNorm.L1));
        Refused("3 elements and the target's head 2", () => TaskRelevance.Estimate([1, 2, 3], [1, 2], RelevanceNorm.L1));
        Refused("the head of source 1 holds NaN", () => TaskRelevance.Estimate([1, double.NaN], [1], RelevanceNorm.L2), 1);
        Refused("the target's head holds NaN", () => TaskRelevance.Estimate([1, 2], [double.NaN], RelevanceNorm.L2));
        Refused("lambda is -1", () => TaskRelevance.Estimate([1, 2], [1], RelevanceNorm.L1, -1));
        Refused("leave lambda out", () => TaskRelevance.Estimate([1, 2], [1], RelevanceNorm.L2, 0.1));
        Refused("expected L1, L2 or Uniform", () => TaskRelevance.Estimate([1, 2], [1], (RelevanceNorm)7));
    }

    private static void Refused(string part, Action act, int? task = null)
    {
        RelevanceException error = Assert.Throws<RelevanceException>(act);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Equal(task, error.TaskIndex);
    }
}
