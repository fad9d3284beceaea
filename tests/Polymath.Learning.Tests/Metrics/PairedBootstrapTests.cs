using Polymath.Learning.Metrics;
using Polymath.Tensors;

namespace Polymath.Tests.Metrics;

public sealed class PairedBootstrapTests
{
    private static readonly Metric s_error = Metric.Find(MetricKind.Regression, "mae");

    [Fact]
    public void Equal_models_have_no_uncertainty_about_their_gain()
    {
        float[] labels = Draw(1, 500), answers = Draw(2, 500);
        Assert.Equal(0, PairedBootstrap.GainDeviation(s_error, labels, answers, answers, 0, new RandomStream(3)));
    }

    [Fact]
    public void The_deviation_matches_the_delta_method_for_a_mean_error()
    {
        const int Rows = 4000;
        float[] labels = new float[Rows], ours = Draw(5, Rows), theirs = Draw(6, Rows);
        double a = ours.Average(v => Math.Abs(v)), b = theirs.Average(v => Math.Abs(v));

        // gain = A/B - 1 with A, B means of |error|: its variance is that of mean((|e| - (a/b) |f|) / b).
        double variance = Enumerable.Range(0, Rows).Average(i => Math.Pow((Math.Abs(ours[i]) - (a / b * Math.Abs(theirs[i]))) / b, 2)) / Rows;
        double found = PairedBootstrap.GainDeviation(s_error, labels, ours, theirs, 0, new RandomStream(7));
        Assert.InRange(found / Math.Sqrt(variance), 0.8, 1.25);
    }

    [Fact]
    public void Too_few_defined_resamples_give_no_number()
    {
        Metric auc = Metric.Find(MetricKind.Binary, "auc");
        Assert.True(double.IsNaN(PairedBootstrap.GainDeviation(auc, [1f, 1f], [0.1f, 0.2f], [0.3f, 0.4f], 2, new RandomStream(1))));
        Assert.True(double.IsNaN(PairedBootstrap.GainDeviation(auc, [], [], [], 2, new RandomStream(1))));
    }

    private static float[] Draw(ulong seed, int count)
    {
        float[] values = new float[count];
        new RandomStream(seed).FillNormal(values);
        return values;
    }
}
