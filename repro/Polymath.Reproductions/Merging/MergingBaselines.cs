using Polymath.Merging.TaskVectors;

namespace Polymath.Reproductions.Merging;

/// <summary>What every merging method is compared with.</summary>
public static class MergingBaselines
{
    /// <summary>0.1, 0.2, ... 1.0.</summary>
    public static IReadOnlyList<float> Scales { get; } = [.. Enumerable.Range(1, 10).Select(tenth => tenth / 10f)];

    /// <summary>Every expert on its own task.</summary>
    public static MergedModel Individual(MergingBench bench)
    {
        ArgumentNullException.ThrowIfNull(bench);
        return PerTask(bench, "individual experts", task => bench.Tuned[task]);
    }

    /// <summary>The pre-trained encoder.</summary>
    public static MergedModel ZeroShot(MergingBench bench)
    {
        ArgumentNullException.ThrowIfNull(bench);
        return One(bench, "zero-shot (pre-trained)", bench.Theta0);
    }

    /// <summary>The mean of the experts.</summary>
    public static MergedModel Average(MergingBench bench)
    {
        ArgumentNullException.ThrowIfNull(bench);
        return One(bench, "weight average", TaskVector.Sum(bench.TaskVectors).ApplyTo(bench.Theta0, 1f / bench.Tasks));
    }

    /// <summary>Task arithmetic with the scale of the best normalised validation accuracy.</summary>
    public static MergedModel TaskArithmetic(MergingBench bench)
    {
        ArgumentNullException.ThrowIfNull(bench);
        return BestScale(bench, "task arithmetic, best scale", TaskVector.Sum(bench.TaskVectors));
    }

    /// <summary>TIES over the whole encoder, 20 % kept, with the best scale.</summary>
    /// <param name="bench">The bench.</param>
    /// <param name="aggregation">How agreeing entries are joined.</param>
    public static MergedModel Ties(MergingBench bench, TiesAggregation aggregation)
    {
        ArgumentNullException.ThrowIfNull(bench);
        return BestScale(bench, $"TIES 20 % {(aggregation == TiesAggregation.Sum ? "sum" : aggregation == TiesAggregation.Max ? "max" : "mean")}, best scale", GlobalTies.Merge(bench.TaskVectors, new GlobalTiesOptions { Aggregation = aggregation }));
    }

    /// <summary>theta_0 + scale tau with the scale of <see cref="Scales"/> that has the best normalised validation accuracy; the smaller of equals.</summary>
    /// <param name="bench">The bench.</param>
    /// <param name="method">The name for tables.</param>
    /// <param name="vector">tau.</param>
    public static MergedModel BestScale(MergingBench bench, string method, TaskVector vector)
    {
        ArgumentNullException.ThrowIfNull(bench);
        ArgumentNullException.ThrowIfNull(vector);
        (float best, double highest) = (0f, double.NegativeInfinity);
        foreach (float scale in Scales)
        {
            double score = bench.NormalizedValidation(vector.ApplyTo(bench.Theta0, scale));
            if (score > highest) (best, highest) = (scale, score);
        }

        return One(bench, method, vector.ApplyTo(bench.Theta0, best)) with { Scale = best };
    }

    /// <summary>Measures one encoder for all tasks.</summary>
    /// <param name="bench">The bench.</param>
    /// <param name="method">The name for tables.</param>
    /// <param name="encoder">The encoder.</param>
    public static MergedModel One(MergingBench bench, string method, ModelState encoder)
    {
        ArgumentNullException.ThrowIfNull(bench);
        return new(method, double.NaN, bench.Accuracies(encoder, BenchSplit.Test)) { Encoder = encoder };
    }

    /// <summary>Measures an encoder per task.</summary>
    /// <param name="bench">The bench.</param>
    /// <param name="method">The name for tables.</param>
    /// <param name="encoder">The encoder of a task.</param>
    public static MergedModel PerTask(MergingBench bench, string method, Func<int, ModelState> encoder)
    {
        ArgumentNullException.ThrowIfNull(bench);
        ArgumentNullException.ThrowIfNull(encoder);
        return new(method, double.NaN, [.. Enumerable.Range(0, bench.Tasks).Select(task => bench.Accuracy(encoder(task), task, BenchSplit.Test))]);
    }
}
