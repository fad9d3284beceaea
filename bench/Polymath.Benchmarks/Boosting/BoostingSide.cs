using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Polymath.Boosting;
using Polymath.Learning.Metrics;
using Polymath.Tensors.Kernels;

namespace Polymath.Benchmarks.Boosting;

/// <summary>Our side of the boosting comparison, in a process of its own, so that its memory can be told: the counterpart of <c>peers/boosting.py</c>.</summary>
internal static class BoostingSide
{
    private const int WarmRows = 40_000;

    /// <summary>Arguments as for the peer: FILE ROWS WIDTH TRAIN DEPTH LEAVES TREES THREADS REPEATS.</summary>
    public static int Run(string[] arguments)
    {
        int[] numbers = [.. arguments[1..].Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
        (int rows, int width, int train, int depth, int leaves, int trees, int threads, int repeats) = (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6], numbers[7]);
        Workers.Configure(threads);
        (float[] x, float[] y) = Read(arguments[0], rows, width);
        BoostingOptions options = BoostingOptions.Pooled(trees) with
        {
            L2 = 1,
            MinChildWeight = 1,
            Growth = depth > 0 ? TreeGrowth.DepthWise : TreeGrowth.LeafWise,
            MaxDepth = depth,
            MaxLeaves = leaves > 0 ? leaves : 1 << depth,
        };
        Fit(x, y, width, Math.Min(train, WarmRows), options);
        double[] seconds = new double[repeats], predicting = new double[10 * repeats];
        long peak = 0;
        BoostedModel? model = null;
        for (int repeat = 0; repeat < repeats; repeat++)
        {
            var clock = Stopwatch.StartNew();
            model = Fit(x, y, width, train, options);
            seconds[repeat] = clock.Elapsed.TotalSeconds;
            if (repeat == 0) peak = PeakBytes();
        }

        var all = new FeatureMatrix(x, width);
        double[] probabilities = [];
        for (int repeat = 0; repeat < predicting.Length; repeat++)
        {
            var clock = Stopwatch.StartNew();
            probabilities = model!.Predict(all);
            predicting[repeat] = clock.Elapsed.TotalSeconds;
        }

        float[] held = [.. probabilities.AsSpan(train).ToArray().Select(probability => (float)probability)];
        Console.WriteLine(JsonSerializer.Serialize(new Dictionary<string, double>
        {
            ["train"] = seconds.Order().ElementAt(repeats / 2),
            ["predict"] = predicting.Min(),
            ["auc"] = BinaryMetrics.Auc(y.AsSpan(train), held).Value,
            ["logloss"] = BinaryMetrics.LogLoss(y.AsSpan(train), held).Value,
            ["peak"] = peak,
        }));
        return 0;
    }

    private static BoostedModel Fit(float[] x, float[] y, int width, int rows, BoostingOptions options)
        => new MultiTaskBooster(options).Fit(BoostingData.Classification(new FeatureMatrix(x, width).Slice(0, rows), y.AsSpan(0, rows).ToArray(), classes: 2));

    private static (float[] X, float[] Y) Read(string path, int rows, int width)
    {
        float[] x = new float[rows * width], y = new float[rows];
        using FileStream file = File.OpenRead(path);
        file.ReadExactly(MemoryMarshal.AsBytes(x.AsSpan()));
        file.ReadExactly(MemoryMarshal.AsBytes(y.AsSpan()));
        return (x, y);
    }

    private static long PeakBytes()
    {
        using Process process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
