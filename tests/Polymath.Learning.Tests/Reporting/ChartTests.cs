using FsCheck;
using FsCheck.Fluent;
using Polymath.Learning.Reporting;
using Polymath.Learning.Reporting.Charts;

namespace Polymath.Tests.Reporting;

public sealed class ChartTests
{
    [Theory]
    [InlineData(0, 1, 5, new[] { 0, 0.2, 0.4, 0.6, 0.8, 1 })]
    [InlineData(-3, 7, 4, new[] { -2.5, 0, 2.5, 5 })]
    [InlineData(0, 100, 4, new[] { 0.0, 25, 50, 75, 100 })]
    public void Ticks_are_round_numbers(double low, double high, int target, double[] expected)
        => Assert.Equal(expected, NiceTicks.Between(low, high, NiceTicks.Step(high - low, target)).Select(tick => Math.Round(tick, 12)));

    [Fact]
    public void Steps_of_counts_are_whole()
    {
        Assert.Equal(1, NiceTicks.Step(3, 10, smallest: 1));
        Assert.Equal(5, NiceTicks.Step(12, 5, smallest: 1));
        Assert.Equal(10, NiceTicks.Step(40, 5, smallest: 1));
    }

    [Fact]
    public void Every_drawable_value_lies_inside_its_axis() => Check.QuickThrowOnFailure(Prop.ForAll<double[]>(values =>
    {
        Axis? axis = Axis.Around(values, 100, 0, 4);
        double[] drawable = [.. values.Where(Axis.Drawable)];
        if (drawable.Length == 0) return axis is null;
        return axis is not null && axis.Ticks.Length is >= 2 and <= 12 && drawable.All(value => axis.Map(value) is >= -0.5 and <= 100.5) && axis.Ticks.All(tick => axis.Label(tick).Length < 12);
    }));

    [Fact]
    public void A_constant_has_a_scale_around_it()
    {
        Axis axis = Axis.Around([0.7, 0.7], 0, 100, 4)!;
        Assert.InRange(axis.Map(0.7), 10, 90);
        Assert.Equal(3, Axis.OfCounts([3], 0, 100, 4)!.Only);
    }

    [Fact]
    public void Labels_pushed_apart_keep_their_order_and_their_distance()
    {
        double[] places = LineChart.Spread([50, 50, 51, 99, 100], 0, 100, 15);
        Assert.All(places, place => Assert.InRange(place, 0, 100));
        Assert.All(Enumerable.Range(1, 4), i => Assert.True(places[i] - places[i - 1] >= 15 - 1e-9));
    }

    [Fact]
    public void Long_names_are_cut_so_that_they_stay_different()
    {
        string[] names = [.. Enumerable.Range(1, 12).Select(i => $"probability_of_purchase_within_{i}_days")];
        string[] cut = TextMetrics.FitAll(names, 100, 13);
        Assert.Equal(12, cut.Distinct().Count());
        Assert.All(cut, name => Assert.True(TextMetrics.Width(name, 13) <= 100));
        Assert.Equal("short", TextMetrics.Fit("short", 100, 13));
        Assert.True(TextMetrics.Fit(string.Concat(Enumerable.Repeat("\U0001F600", 30)), 100, 13).EnumerateRunes().All(rune => rune.Value != 0xFFFD));
    }

    [Theory]
    [InlineData(0.0, "0.00\u00a0%")]
    [InlineData(-0.001, "0.00\u00a0%")]
    [InlineData(1.237, "+1.24\u00a0%")]
    [InlineData(-12.34, "\u221212.3\u00a0%")]
    [InlineData(double.NaN, "\u2013")]
    public void Gains_have_a_sign_and_a_unit(double value, string text) => Assert.Equal(text, Numbers.Percent(value));

    [Fact]
    public void The_best_epoch_follows_the_direction_of_the_metric()
    {
        double[] values = [double.NaN, 0.5, 0.9, 0.9, 0.1, double.PositiveInfinity];
        Assert.Equal(2, TaskSeries.Best(values, higherIsBetter: true));
        Assert.Equal(4, TaskSeries.Best(values, higherIsBetter: false));
        Assert.Null(TaskSeries.Best([double.NaN], higherIsBetter: true));
    }
}
