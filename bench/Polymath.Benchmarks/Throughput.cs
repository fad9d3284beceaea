using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Polymath.Learning;
using Polymath.Learning.Optimization;
using Polymath.Learning.Training;
using Polymath.Tabular;
using Polymath.Tensors.Kernels;

namespace Polymath.Benchmarks;

/// <summary>
/// Training rows per second of the whole trainer on census-shaped rows; <c>bench/run tabular/shared-bottom</c> compares the step with a peer.
/// Prints one line: model, threads, and the median over the timed epochs after one that warms up.
/// </summary>
internal static class Throughput
{
    private const int Rows = 512 * 60, Epochs = 6;

    public static int Run(string[] arguments)
    {
        string model = arguments.Length > 0 ? arguments[0] : "shared-bottom";
        int threads = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 1;
        int batch = arguments.Length > 2 ? int.Parse(arguments[2], CultureInfo.InvariantCulture) : 512;
        Workers.Configure(threads);
        var tasks = new TaskSet(Target.Binary("a"), Target.Binary("b"));
        TabularModel network = TabularModels.Create(model, TableShape.Census.Schema, tasks, new Dictionary<string, string>(), seed: 1);
        var trainer = new Trainer(network) { Optimizer = Optimizers.Create("adam:lr=0.001"), Options = new TrainerOptions { Epochs = Epochs + 1, BatchSize = batch, ConflictSamples = 0 } };
        var seconds = new List<double>();
        var clock = Stopwatch.StartNew();
        trainer.Fit(TableShape.Census.Data(tasks.Count, Rows), progress: progress =>
        {
            if (progress.Finished is null) return;
            seconds.Add(clock.Elapsed.TotalSeconds);
            clock.Restart();
        });
        seconds.RemoveAt(0);
        seconds.Sort();
        double rate = Rows / seconds[seconds.Count / 2];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"polymath {model} threads={threads} batch={batch} parameters={network.ParameterCount} rows/s={rate:F0} ({RuntimeInformation.FrameworkDescription})"));
        return 0;
    }
}
