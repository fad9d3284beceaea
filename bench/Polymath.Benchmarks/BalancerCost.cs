using System.Diagnostics;
using System.Globalization;
using Polymath.Learning;
using Polymath.Learning.Balancing;
using Polymath.Learning.Training;
using Polymath.Tabular;
using Polymath.Tensors;
using Polymath.Tensors.Kernels;

namespace Polymath.Benchmarks;

/// <summary>
/// The time of a whole training step (gather, forward, gradients, rule, Adam) with every balancer, beside the same step with equal
/// weighting: a shared bottom 64-256-256 with a tower of 32 per task, batches of 256. Balancers take turns within a round.
/// </summary>
internal static class BalancerCost
{
    private const int Features = 64, Batch = 256, Steps = 24, Warm = 8, Rounds = 3;

    private static readonly int[] s_tasks = [2, 10, 40];

    /// <summary>Arguments: threads (1).</summary>
    public static int Run(string[] arguments)
    {
        Workers.Configure(arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 1);
        double[,] milliseconds = new double[Balancers.All.Count, s_tasks.Length];
        for (int t = 0; t < s_tasks.Length; t++)
        {
            ArrayDataset data = Data(s_tasks[t]);
            double[][] samples = [.. Balancers.All.Select(_ => new double[Rounds])];
            for (int round = 0; round < Rounds; round++)
            {
                for (int b = 0; b < samples.Length; b++) samples[b][round] = Balancers.All[b].MinimumTasks > s_tasks[t] ? double.NaN : Measure(Balancers.Create(Balancers.All[b].Name), data, s_tasks[t]);
            }

            for (int b = 0; b < samples.Length; b++) milliseconds[b, t] = samples[b].Order().ElementAt(Rounds / 2);
        }

        int equal = Balancers.All.ToList().FindIndex(balancer => balancer.Name == EqualWeighting.Descriptor.Name);
        Console.WriteLine($"| balancer | passes at K | {string.Join(" | ", s_tasks.Select(tasks => $"K = {tasks}"))} |");
        Console.WriteLine($"|---|---:|{string.Concat(s_tasks.Select(_ => "---:|"))}");
        for (int b = 0; b < Balancers.All.Count; b++)
        {
            IEnumerable<string> cells = s_tasks.Select((_, t) => double.IsNaN(milliseconds[b, t]) ? "-" : string.Create(CultureInfo.InvariantCulture, $"{milliseconds[b, t] / milliseconds[equal, t]:F2}{(b == equal ? $" ({milliseconds[b, t]:F2} ms)" : string.Empty)}"));
            Console.WriteLine($"| {Balancers.All[b].Name} | {Balancers.All[b].BackwardPasses(s_tasks[1])} | {string.Join(" | ", cells)} |");
        }

        return 0;
    }

    private static double Measure(Balancer balancer, ArrayDataset data, int tasks)
    {
        var set = new TaskSet([.. Enumerable.Range(0, tasks).Select(k => Target.Regression($"y{k}"))]);
        var model = new SharedBottom(FeatureSchema.Numeric(Features), set, new SharedBottomOptions { BottomHidden = [256, 256], TowerHidden = [32] }, seed: 1);
        double[] ends = new double[Steps];
        int step = 0;
        var trainer = new Trainer(model)
        {
            Balancer = balancer,
            Options = new() { Epochs = 1, BatchSize = Batch, ConflictSamples = 0 },
            OnStep = (in StepRecord _) => ends[step++] = Stopwatch.GetTimestamp(),
        };
        trainer.Fit(data);
        double[] intervals = [.. Enumerable.Range(Warm, Steps - Warm).Select(i => ends[i] - ends[i - 1])];
        return intervals.Order().ElementAt(intervals.Length / 2) * 1000 / Stopwatch.Frequency;
    }

    private static ArrayDataset Data(int tasks)
    {
        const int Rows = Batch * Steps;
        var random = new RandomStream(7);
        float[] numeric = new float[Rows * Features], targets = new float[Rows * tasks];
        random.FillNormal(numeric, 0, 1);
        random.FillNormal(targets, 0, 1);
        for (int i = 0; i < targets.Length; i++) targets[i] += numeric[(i / tasks * Features) + (i % tasks)];
        return new ArrayDataset(numeric, Features, [], 0, targets, tasks);
    }
}
