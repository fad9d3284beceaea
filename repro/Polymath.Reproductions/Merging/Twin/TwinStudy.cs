using System.Globalization;
using Polymath.Merging.TaskVectors;
using Polymath.Merging.Twin;
using Polymath.Tensors;

namespace Polymath.Reproductions.Merging.Twin;

/// <summary>Shared expert, exclusive vectors and router on one bench.</summary>
internal sealed class TwinStudy(MergingBenchOptions options, int seeds)
{
    public const string Individual = "individual experts", ZeroShot = "zero-shot (pre-trained)", Arithmetic = "task arithmetic, best scale", Shared = "shared expert alone";
    private const int CheckedRows = 64;

    /// <summary>The ranks that are tried, as parts of the smaller side.</summary>
    public static double[] Densities { get; } = [0.1, 0.25, 0.5];

    /// <summary>Mean test accuracy over tasks, in percent.</summary>
    public MergingScores Accuracy { get; } = new();

    /// <summary>Accuracy of the router in percent, room, and the largest difference of both ways of mixing.</summary>
    public MergingScores Costs { get; } = new();

    public string Name => options.Name;

    public static string TrueTask(double density) => Say($"true task's vector, {100 * density:0} % of the rank");

    public static string Routed(double density) => Say($"router's mixture, {100 * density:0} % of the rank");

    public static string Hard(double density) => Say($"router's first task only, {100 * density:0} % of the rank");

    public static string RoutedHead(double density) => Say($"router's mixture and head, {100 * density:0} % of the rank");

    public void Run((float[] Pixels, float[] Classes) digits, Action<int> report, CancellationToken cancellation)
    {
        for (int seed = 0; seed < seeds; seed++)
        {
            report(seed);
            Measure(MergingBench.Prepare(digits, options, seed, cancellation), (ulong)seed, cancellation);
        }
    }

    private void Measure(MergingBench bench, ulong seed, CancellationToken cancellation)
    {
        Accuracy.Add(MergingBaselines.Individual(bench));
        TwinRouter? router = null;
        foreach (double density in Densities)
        {
            TwinModel twin = TwinMerging.Build(bench.Theta0, bench.Tuned, new TwinOptions { Scaling = 0.3f, Compression = TwinCompression.LowRank(density) });

            // The shared expert is that of every density, and so is what the router learns from.
            router ??= Router(bench, twin, seed, cancellation);
            Accuracy.Add(MergingBaselines.PerTask(bench, TrueTask(density), twin.MaterialiseFor));
            Accuracy.Add(Routed(density), Score(bench, new TwinPredictor(twin, router, bench.Encoder) { Heads = HeadSelection.TrueTask }));
            Accuracy.Add(RoutedHead(density), Score(bench, new TwinPredictor(twin, router, bench.Encoder)));
            Accuracy.Add(Hard(density), Score(bench, new TwinPredictor(twin, router, bench.Encoder) { Heads = HeadSelection.TrueTask, TopK = 1 }));
            Costs.Add(Say($"times smaller than T models, {100 * density:0} % of the rank"), twin.Report().Ratio);
            Costs.Add(Say($"kilobytes of shared expert and vectors, {100 * density:0} %"), twin.Report().TotalBytes / 1024.0);
            if (density == Densities[0])
            {
                Costs.Add("router accuracy on test pictures, %", 100 * RouterAccuracy(bench, twin, router));
                Costs.Add("largest difference of low-rank and materialised codes, 1e-6", 1e6 * Difference(bench, twin, router));
            }
        }

        Accuracy.Add(MergingBaselines.One(bench, Shared, TaskVector.Sum(bench.TaskVectors).ApplyTo(bench.Theta0, 0.3f)));
        Accuracy.Add(MergingBaselines.ZeroShot(bench));
        Accuracy.Add(MergingBaselines.Average(bench));
        Accuracy.Add(MergingBaselines.TaskArithmetic(bench));
        Accuracy.Add(MergingBaselines.Ties(bench, TiesAggregation.Mean));
        Accuracy.Add(MergingBaselines.Ties(bench, TiesAggregation.Sum));
    }

    private static TwinRouter Router(MergingBench bench, TwinModel twin, ulong seed, CancellationToken cancellation)
    {
        float[][] features = [.. Enumerable.Range(0, bench.Tasks).Select(task => bench.Codes(twin.Shared, task, BenchSplit.Validation))];
        int[] tasks = [.. features.SelectMany((codes, task) => Enumerable.Repeat(task, codes.Length / MergingBench.CodeWidth))];
        RouterOptions options = new() { LearningRate = 2e-3, Epochs = 40, BatchSize = 64, HoldOut = 0, Seed = seed };
        return TwinRouter.Fit([.. features.SelectMany(codes => codes)], tasks, twin.Tasks, options, twin.Shared, cancellation);
    }

    /// <summary>Mean over tasks, in percent; each row with the head that the predictor chose.</summary>
    private static double Score(MergingBench bench, TwinPredictor predictor)
    {
        double sum = 0;
        for (int task = 0; task < bench.Tasks; task++)
        {
            LabelledImages images = bench.Images(task, BenchSplit.Test);
            TwinPrediction prediction = predictor.Predict(images.ToTensor(), [.. Enumerable.Repeat(task, images.Count)]);
            bool[][] right = [.. Enumerable.Range(0, bench.Tasks).Select(head => prediction.HeadTasks.Contains(head) ? bench.Right(prediction.Output, head, images.Labels) : [])];
            sum += Enumerable.Range(0, images.Count).Count(row => right[prediction.HeadTasks[row]][row]) / (double)images.Count;
        }

        return 100 * sum / bench.Tasks;
    }

    private static double RouterAccuracy(MergingBench bench, TwinModel twin, TwinRouter router)
        => Enumerable.Range(0, bench.Tasks).Average(task => router.Route(bench.Codes(twin.Shared, task, BenchSplit.Test)).Average(routed => routed == task ? 1.0 : 0.0));

    private static double Difference(MergingBench bench, TwinModel twin, TwinRouter router)
    {
        LabelledImages images = bench.Images(0, BenchSplit.Test);
        var predictor = new TwinPredictor(twin, router, bench.Encoder);
        Tensor input = Tensor.FromArray(images.Inputs.AsSpan(0, CheckedRows * images.Features), CheckedRows, images.Features);
        TwinPrediction mixed = predictor.Predict(input);
        float[] materialised = MaterialisedPrediction.Run(twin, bench.Encoder, bench.Encoder.Forward, input, mixed.Mixture, mixed.HeadTasks);
        return mixed.Output.Zip(materialised, (own, other) => Math.Abs((double)own - other) / Math.Max(1, Math.Abs(other))).Max();
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
