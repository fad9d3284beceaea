using System.Diagnostics;
using System.Globalization;
using Polymath.Benchmarks.Comparison;
using Polymath.Learning.Balancing;
using Polymath.Tensors;
using Polymath.Tensors.Kernels;

namespace Polymath.Benchmarks;

/// <summary>
/// What each form of the tasks' gradients costs for UPGrad on an MLP 128-512-512-512: the rows, their inner products streamed with a second
/// sweep, the shared representation, and, for scale, the one weighted sweep of a rule that reads losses only. Forward pass included.
/// </summary>
internal static class GradientForms
{
    private const int Rounds = 9;

    /// <summary>Arguments: threads (1).</summary>
    public static int Run(string[] arguments)
    {
        Workers.Configure(arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 1);
        Console.WriteLine("| batch | K | weighted | rows | streamed | representation | chosen | MB of rows |");
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---|---:|");
        foreach (int batch in new[] { 16, 32, 64, 256, 1024 })
        {
            foreach (int tasks in new[] { 2, 8 }) Measure(batch, tasks);
        }

        return 0;
    }

    private static void Measure(int batch, int tasks)
    {
        var model = new HeadedMlp(new MlpSize(batch, 128, [512, 512, 512]), tasks);
        ParameterLayout layout = model.Layout();
        layout.Pack();
        var rows = new TaskGradients(tasks, layout);
        var sum = new TaskGradients(1, layout);
        var streamed = new GradientGramian(tasks, layout);
        var representation = new RepresentationGradients(tasks, layout);
        var balancer = new UPGrad();
        var losses = new Tensor[tasks];
        double[] gramian = new double[tasks * tasks], weights = new double[tasks];
        float[] combined = new float[layout.SharedCount];
        using var tape = new Tape();
        Action[] forms =
        [
            () => tape.Backward(losses, weights, sum),
            () =>
            {
                tape.Backward(losses, rows);
                rows.Gramian(gramian);
                balancer.Weigh(new BalanceInput { Tasks = tasks, Gramian = gramian }, weights);
                rows.Combine(weights, combined);
            },
            () =>
            {
                tape.Backward(losses, streamed);
                balancer.Weigh(new BalanceInput { Tasks = tasks, Gramian = streamed.Values }, weights);
                tape.BackwardShared(losses, weights, sum);
            },
            () =>
            {
                tape.Backward(losses, representation);
                representation.Gramian(gramian);
                balancer.Weigh(new BalanceInput { Tasks = tasks, Gramian = gramian }, weights);
                tape.Backward(representation, weights, sum);
            },
        ];
        bool streams = false;
        double[][] seconds = [.. forms.Select(_ => new double[Rounds])];
        for (int round = -1; round < Rounds; round++)
        {
            for (int form = 0; form < forms.Length; form++)
            {
                int steps = round < 0 ? 60 : Math.Max(2, 2048 / batch / tasks);
                long start = Stopwatch.GetTimestamp();
                for (int step = 0; step < steps; step++)
                {
                    tape.Reset();
                    model.Losses(losses);
                    forms[form]();
                }

                if (round >= 0) seconds[form][round] = Stopwatch.GetElapsedTime(start).TotalSeconds / steps;
            }

            streams = tape.Cost(losses, layout).PrefersStreaming(long.MaxValue);
        }

        string[] medians = [.. seconds.Select(samples => string.Create(CultureInfo.InvariantCulture, $"{1000 * samples.Order().ElementAt(Rounds / 2):F2} ms"))];
        double megabytes = tasks * (double)layout.SharedCount * sizeof(float) / 1e6;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {batch} | {tasks} | {string.Join(" | ", medians)} | {(streams ? "streamed" : "rows")} | {megabytes:F1} |"));
    }
}
