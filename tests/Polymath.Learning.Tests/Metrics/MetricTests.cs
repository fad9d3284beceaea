using FsCheck;
using FsCheck.Fluent;
using Polymath.Learning.Metrics;
using Polymath.Tensors;

namespace Polymath.Tests.Metrics;

public sealed class MetricTests
{
    [Fact]
    public void AUC_counts_ordered_pairs_with_ties_one_half() => Samples((y, p) =>
    {
        double pairs = 0, wins = 0;
        for (int i = 0; i < y.Length; i++)
        {
            for (int j = 0; j < y.Length; j++)
            {
                if (y[i] <= y[j]) continue;
                pairs++;
                wins += p[i] > p[j] ? 1 : p[i] == p[j] ? 0.5 : 0;
            }
        }

        MetricValue auc = BinaryMetrics.Auc<float>(y, p);
        Assert.Equal(y.Length, auc.Count);
        Assert.Equal(pairs == 0 ? double.NaN : wins / pairs, auc.Value, 1e-12);
    });

    [Fact]
    public void Average_precision_follows_its_definition_over_distinct_thresholds() => Samples((y, p) =>
    {
        double positives = y.Sum(), expected = 0, recall = 0;
        foreach (float threshold in p.Distinct().OrderDescending())
        {
            double chosen = p.Count(score => score >= threshold), hits = y.Zip(p).Count(pair => pair.Second >= threshold && pair.First == 1);
            expected += ((hits / positives) - recall) * hits / chosen;
            recall = hits / positives;
        }

        Assert.Equal(positives == 0 ? double.NaN : expected, BinaryMetrics.AveragePrecision<float>(y, p).Value, 1e-12);
    });

    [Fact]
    public void Threshold_metrics_follow_the_confusion_counts() => Samples((y, p) =>
    {
        double count(float label, bool predicted) => y.Zip(p).Count(pair => pair.First == label && (pair.Second >= 0.5f) == predicted);
        double tp = count(1, true), fp = count(0, true), fn = count(1, false), tn = count(0, false);
        Assert.Equal((tp + tn) / y.Length, BinaryMetrics.Accuracy<float>(y, p).Value, 1e-12);
        Assert.Equal(tp + fp + fn == 0 ? double.NaN : 2 * tp / ((2 * tp) + fp + fn), BinaryMetrics.F1<float>(y, p).Value, 1e-12);
        float[] both = [.. p.SelectMany(q => new[] { 1 - q, q })];
        double f0 = 2 * tn + fp + fn == 0 ? double.NaN : 2 * tn / ((2 * tn) + fp + fn), f1 = 2 * tp + fp + fn == 0 ? double.NaN : 2 * tp / ((2 * tp) + fp + fn);
        if (p.Contains(0.5f)) return;
        Assert.Equal(new[] { f0, f1 }.Where(f => !double.IsNaN(f)).Average(), MultiClassMetrics.MacroF1<float>(y, both, 2).Value, 1e-12);
        Assert.Equal((tp + tn) / y.Length, MultiClassMetrics.MicroF1<float>(y, both, 2).Value, 1e-12);
    });

    [Fact]
    public void Two_class_tables_agree_with_binary_metrics() => Samples((y, p) =>
    {
        double[] labels = [.. y.Select(label => (double)label)], scores = [.. p.Select(score => (double)score)], both = [.. scores.SelectMany(q => new[] { 1 - q, q })];
        Assert.Equal(BinaryMetrics.LogLoss<double>(labels, scores).Value, MultiClassMetrics.LogLoss<double>(labels, both, 2).Value, 1e-9);
        Assert.Equal(BinaryMetrics.Auc<double>(labels, scores).Value, MultiClassMetrics.MacroAuc<double>(labels, both, 2).Value, 1e-9);
    });

    [Fact]
    public void Grouped_AUC_with_one_group_is_the_AUC() => Samples((y, p) =>
        Assert.Equal(BinaryMetrics.Auc<float>(y, p).Value, BinaryMetrics.GroupAuc<float>(y, p, new int[y.Length]).Value, 1e-12));

    [Fact]
    public void Grouped_AUC_skips_groups_of_one_class_and_reports_the_rows_it_covers()
    {
        MetricValue gauc = BinaryMetrics.GroupAuc<float>([1, 0, 1, 1, 0, 1, 0], [0.9f, 0.1f, 0.5f, 0.6f, 0.8f, 0.2f, 0.2f], [7, 7, 3, 3, 5, 5, 5]);
        Assert.Equal(5, gauc.Count);
        Assert.Equal(((2 * 1.0) + (3 * 0.25)) / 5, gauc.Value, 1e-12);
    }

    [Fact]
    public void Calibration_error_follows_its_definition() => Samples((y, p) =>
    {
        double expected = 0;
        for (int bin = 0; bin < 15; bin++)
        {
            int[] members = [.. Enumerable.Range(0, p.Length).Where(i => p[i] * 15.0 <= bin + 1 && (p[i] * 15.0 > bin || (bin == 0 && p[i] == 0)))];
            if (members.Length > 0) expected += members.Length * Math.Abs(members.Average(i => (double)p[i]) - members.Average(i => (double)y[i])) / p.Length;
        }

        Assert.Equal(expected, BinaryMetrics.CalibrationError<float>(y, p).Value, 1e-9);
    });

    [Fact]
    public void Calibration_error_of_several_classes_uses_the_largest_probability()
    {
        MetricValue error = MultiClassMetrics.CalibrationError<double>([0, 1, 2, 2], [0.8, 0.1, 0.1, 0.8, 0.1, 0.1, 0.1, 0.1, 0.8, 0.2, 0.3, 0.5], 3);
        Assert.Equal(((3 * Math.Abs(0.8 - (2.0 / 3))) + Math.Abs(0.5 - 1)) / 4, error.Value, 1e-12);
    }

    [Fact]
    public void Macro_AUC_averages_over_the_classes_that_occur()
    {
        // Class 2 never occurs; classes 0 and 1 are separated perfectly by their own columns.
        MetricValue auc = MultiClassMetrics.MacroAuc<float>([0, 1, 1], [0.7f, 0.2f, 0.1f, 0.2f, 0.7f, 0.1f, 0.1f, 0.6f, 0.3f], 3);
        Assert.Equal(1, auc.Value, 1e-12);
        Assert.Equal(1.0, MultiClassMetrics.Accuracy<float>([0, 1], [0.7f, 0.3f, 0.4f, 0.6f], 2).Value);
    }

    [Fact]
    public void Regression_metrics_have_their_closed_forms()
    {
        double[] y = [1, 2, 3, 6], p = [2, 2, 4, 4];
        Assert.Equal(Math.Sqrt(6.0 / 4), RegressionMetrics.Rmse<double>(y, p).Value, 1e-12);
        Assert.Equal(1, RegressionMetrics.Mae<double>(y, p).Value, 1e-12);
        Assert.Equal(1 - (6.0 / 14), RegressionMetrics.R2<double>(y, p).Value, 1e-12);
        Assert.Equal(1, RegressionMetrics.ExplainedVariance<double>(y, [.. y.Select(value => value + 5)]).Value, 1e-12);
        Assert.Equal(4, RegressionMetrics.R2<double>(y, p).Count);

        // Midranks 1.5, 1.5, 3.5, 3.5 against 1, 2, 3, 4: 4 / sqrt(4 * 5).
        Assert.Equal(4 / Math.Sqrt(20), RegressionMetrics.Spearman<double>(y, p).Value, 1e-12);
        Assert.Equal(-1, RegressionMetrics.Spearman<double>(y, [9, 8, 7, -100]).Value, 1e-12);
    }

    [Fact]
    public void Undefined_metrics_are_not_numbers_and_say_how_many_rows_there_were()
    {
        Assert.Equal(MetricValue.Undefined(2), BinaryMetrics.Auc<float>([1, 1], [0.1f, 0.2f]));
        Assert.False(BinaryMetrics.AveragePrecision<float>([0, 0], [0.1f, 0.2f]).IsDefined);
        Assert.False(BinaryMetrics.Auc<float>([1, 0], [float.NaN, 0.2f]).IsDefined);
        Assert.False(RegressionMetrics.R2<float>([0.1f, 0.1f, 0.1f], [1, 2, 3]).IsDefined);
        Assert.False(RegressionMetrics.Spearman<float>([1, 2], [5, 5]).IsDefined);
        foreach (Metric metric in Metric.All) Assert.Equal(MetricValue.Undefined(0), metric.Evaluate([], [], 3));
    }

    [Fact]
    public void Log_loss_clips_certain_mistakes()
    {
        Assert.Equal(-Math.Log(1e-7), BinaryMetrics.LogLoss<float>([1], [0]).Value, 1e-9);
        Assert.Equal(-Math.Log(1e-7), MultiClassMetrics.LogLoss<float>([0], [0, 1], 2).Value, 1e-9);
    }

    [Fact]
    public void Labels_and_lengths_that_do_not_fit_are_refused()
    {
        Assert.Contains("label 1 is 2", Assert.Throws<ArgumentException>(() => BinaryMetrics.Auc<float>([0, 2], [0, 1])).Message, StringComparison.Ordinal);
        Assert.Contains("label 0 is NaN", Assert.Throws<ArgumentException>(() => BinaryMetrics.Auc<float>([float.NaN], [0])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => BinaryMetrics.Auc<float>([0, 1], [0]));
        Assert.Throws<ArgumentException>(() => RegressionMetrics.Rmse<float>([0, 1], [0]));
        Assert.Throws<ArgumentException>(() => MultiClassMetrics.Accuracy<float>([3], [0, 0, 1], 3));
        Assert.Throws<ArgumentException>(() => MultiClassMetrics.Accuracy<float>([1], [0, 1], 3));
    }

    [Fact]
    public void Descriptors_know_their_direction_and_are_found_by_name()
    {
        Assert.True(Metric.Find(MetricKind.Binary, "AUC").IsBetter(0.9, 0.8));
        Assert.True(Metric.Find(MetricKind.Regression, "rmse").IsBetter(0.8, 0.9));
        Assert.False(Metric.Find(MetricKind.Regression, "rmse").IsBetter(double.NaN, 0.9));
        Assert.True(Metric.Find(MetricKind.Regression, "r2").IsBetter(-1, double.NaN));
        Assert.Contains("known: r2, rmse", Assert.Throws<ArgumentException>(() => Metric.Find(MetricKind.Regression, "auc")).Message, StringComparison.Ordinal);
        Assert.Equal(1, Metric.Find(MetricKind.MultiClass, "accuracy").Evaluate([2], [0, 0, 1], 3).Value);
    }

    [Fact]
    public void A_gain_weighs_tasks_equally_however_many_metrics_they_have()
    {
        TaskGain[] entries = [new("a", "auc", true, 0.5, 0.6), new("a", "logloss", false, 0.5, 0.5), new("b", "rmse", false, 2, 1)];
        Assert.Equal((0.1 + 0.5) / 2, MultiTaskGain.Delta(entries), 1e-12);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(null)]
    public void A_gain_without_a_usable_baseline_is_an_error_that_names_task_and_metric(double? baseline)
    {
        BaselineException error = Assert.Throws<BaselineException>(() => MultiTaskGain.Delta([new("income", "auc", true, baseline, 0.9)]));
        Assert.Equal(("income", "auc"), (error.Task, error.Metric));
    }

    [Fact]
    public void A_gain_of_nothing_is_an_error() => Assert.Throws<BaselineException>(() => MultiTaskGain.Delta([]));

    /// <summary>Random labels and scores with many ties, 1 to 40 rows, sometimes of one class.</summary>
    private static void Samples(Action<float[], float[]> property)
    {
        Arbitrary<(int Seed, int Rows)> any = (from seed in Gen.Choose(0, int.MaxValue - 1) from rows in Gen.Choose(1, 40) select (seed, rows)).ToArbitrary();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200).WithReplay(20240616, 1), Prop.ForAll(any, sample =>
        {
            var random = new RandomStream((ulong)sample.Seed);
            float[] y = new float[sample.Rows], p = new float[sample.Rows];
            float rate = random.NextSingle();
            for (int i = 0; i < y.Length; i++)
            {
                y[i] = random.NextBernoulli(rate) ? 1 : 0;
                p[i] = random.NextInt32(21) / 20f;
            }

            property(y, p);
        }));
    }
}
