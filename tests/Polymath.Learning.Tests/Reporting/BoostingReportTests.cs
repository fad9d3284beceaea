using Polymath.Learning.Reporting;

namespace Polymath.Tests.Reporting;

public sealed class BoostingReportTests
{
    [Fact]
    public void Outliers_are_the_tasks_far_from_the_median_farthest_first()
    {
        BoostingReport report = Of(0.5, 0.51, 0.49, 0.9, 0.1, 0.5);
        Assert.Equal(["t3", "t4"], report.Outliers.Select(mix => mix.Task));
        Assert.Equal("2 of 6 tasks do not belong with the majority: t3 (0.40), t4 (0.40).", report.OutlierSentence);
    }

    [Fact]
    public void Tasks_that_agree_have_no_outlier_wherever_they_are()
        => Assert.StartsWith("No task stands out", Of(0.95, 0.96, 0.97).OutlierSentence, StringComparison.Ordinal);

    [Fact]
    public void Two_groups_have_no_majority()
        => Assert.Contains("without a majority: 4 of 4", Of(0.1, 0.1, 0.9, 0.9).OutlierSentence, StringComparison.Ordinal);

    [Fact]
    public void Nothing_is_said_without_a_robust_block() => Assert.Empty(new BoostingReport().OutlierSentence);

    [Fact]
    public void A_search_is_ranked_by_its_criterion_with_undefined_points_last()
    {
        SearchPoint low = new("low", 1, 0, false), high = new("high", 2, 0, false), none = new("none", double.NaN, 0, false);
        Assert.Equal([low, high, none], new SearchReport("rmse", false, 5, [none, high, low]).Ranked);
        Assert.Equal([high, low, none], new SearchReport("auc", true, 5, [none, low, high]).Ranked);
    }

    private static BoostingReport Of(params double[] weights)
    {
        double[] sorted = [.. weights.Order()];
        double median = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        return new BoostingReport { Mixes = [.. weights.Select((weight, i) => new TaskMix($"t{i}", weight, Math.Abs(weight - median)))] };
    }
}
