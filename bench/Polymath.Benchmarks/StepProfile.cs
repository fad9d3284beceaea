using System.Diagnostics;
using System.Globalization;
using Polymath.Tensors.Kernels;

namespace Polymath.Benchmarks;

/// <summary>Where the time of one training step goes, and how many bytes it leaves to the garbage collector.</summary>
internal static class StepProfile
{
    private const int WarmUp = 60, Steps = 150, Tasks = 2, BatchSize = 512;

    /// <summary>Arguments: model (shared-bottom), threads (1), balancer (ew).</summary>
    public static int Run(string[] arguments)
    {
        string model = arguments.Length > 0 ? arguments[0] : "shared-bottom";
        Workers.Configure(arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 1);
        string balancer = arguments.Length > 2 ? arguments[2] : "ew";
        using var step = new MultiTaskStep(model, new Dictionary<string, string>(), TableShape.Census, Tasks, balancer, BatchSize);
        for (int i = 0; i < WarmUp; i++) step.Run();
        double[][] laps = [.. MultiTaskStep.Parts.Select(_ => new double[Steps])];
        double[] whole = new double[Steps];
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Steps; i++)
        {
            Array.Clear(step.Ticks);
            step.Run();
            for (int part = 0; part < laps.Length; part++) laps[part][i] = step.Ticks[part];
            whole[i] = step.Ticks.Sum();
        }

        long bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / Steps;
        double total = Median(whole);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{model} {balancer}, batch {BatchSize}: median step {total * 1000 / Stopwatch.Frequency:F3} ms, {bytes} bytes allocated"));
        for (int part = 0; part < laps.Length; part++)
        {
            double median = Median(laps[part]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {MultiTaskStep.Parts[part],-9} {median * 1000 / Stopwatch.Frequency,8:F3} ms {100 * median / total,5:F1} %"));
        }

        return 0;
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }
}
