using Polymath.Learning.Metrics;
using Polymath.Tensors;

namespace Polymath.Tests.Metrics;

public sealed class PairedDifferenceTests
{
    [Fact]
    public void The_interval_over_seeds_is_students()
    {
        // Differences 1, 2, 3: mean 2, deviation 1, half-width 4.3027 / sqrt(3).
        var difference = PairedDifference.Of([11, 22, 33], [10, 20, 30], [], []);
        Assert.Equal((2.0, 3), (difference.Mean, difference.Seeds));
        Assert.Equal(4.302652729911 / Math.Sqrt(3), difference.OverSeeds, 1e-9);
        Assert.True(double.IsNaN(difference.OverRows));
        Assert.Equal(difference.OverSeeds, difference.Half);
        Assert.False(difference.IsClear);
        Assert.Equal((2 - difference.Half, 2 + difference.Half), (difference.Low, difference.High));
    }

    [Fact]
    public void The_interval_over_rows_is_that_of_the_mean_over_seeds()
    {
        // Means over seeds of the differences: 0, 1, 0, 1, ...: deviation sqrt(n / (n - 1)) / 2.
        double[] first = [.. Enumerable.Range(0, 40).Select(i => 5.0 + (i % 2))], second = [.. Enumerable.Repeat(5.0, 40)], both = [.. Enumerable.Repeat(1.0, 40)];
        var difference = PairedDifference.Of([3, 3], [1, 1], [first, both], [second, [.. both.Select((value, i) => value - (i % 2))]]);
        Assert.Equal(1.959963984540054 * Math.Sqrt(40.0 / 39) / 2, difference.OverRows, 1e-12);
        Assert.Equal(0, difference.OverSeeds);
        Assert.Equal(difference.OverRows, difference.Half);
        Assert.True(difference.IsClear);
    }

    [Fact]
    public void A_seed_that_one_of_them_lacks_is_left_out()
    {
        var difference = PairedDifference.Of([double.NaN, 4, 6], [1, 2, 2], [], []);
        Assert.Equal((3.0, 2), (difference.Mean, difference.Seeds));
        Assert.Equal(0, PairedDifference.Of([double.NaN], [1], [], []).Seeds);
    }

    [Fact]
    public void One_seed_and_no_rows_leave_nothing_clear()
    {
        var difference = PairedDifference.Of([2], [1], [], []);
        Assert.True(double.IsNaN(difference.Half));
        Assert.False(difference.IsClear);
    }

    [Fact]
    public void As_text_it_is_the_mean_and_the_interval()
    {
        Assert.Equal("+2.0000 (-2.3027 .. +6.3027)", new PairedDifference(2, 3, 4.3027, double.NaN).ToString());
        Assert.Equal("-0.5000", new PairedDifference(-0.5, 1, double.NaN, double.NaN).ToString());
    }

    [Fact]
    public void Equal_streams_draw_the_same_rows_for_two_models()
    {
        Metric error = Metric.Find(MetricKind.Regression, "mae");
        float[] labels = [.. Enumerable.Range(0, 50).Select(i => (float)i)], answers = [.. labels.Select(label => label + 1)];
        double[] one = PairedBootstrap.Values(error, labels, answers, 0, new RandomStream(1).Derive("rows")), other = PairedBootstrap.Values(error, labels, [.. answers.Select(answer => answer + 1)], 0, new RandomStream(1).Derive("rows"));
        Assert.Equal(PairedBootstrap.Resamples, one.Length);
        Assert.All(one.Zip(other), pair => Assert.Equal(1, pair.Second - pair.First, 1e-5));
    }

    [Fact]
    public void Drawing_fewer_rows_than_there_are_spreads_as_drawing_all_would()
    {
        // A mean of n values of variance v has a standard deviation of sqrt(v / n).
        const int Rows = 60_000;
        float[] labels = new float[Rows], answers = new float[Rows];
        new RandomStream(4).FillUniform(answers);
        double[] values = PairedBootstrap.Values(Metric.Find(MetricKind.Regression, "mae"), labels, answers, 0, new RandomStream(5));
        double mean = values.Average(), deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
        Assert.InRange(deviation / Math.Sqrt(1.0 / 12 / Rows), 0.75, 1.3);
    }
}
