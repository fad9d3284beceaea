using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Polymath.Merging.Configuration;
using Polymath.Merging.Execution;
using Polymath.Merging.Planning;
using Polymath.Tensors.Kernels;

namespace Polymath.Benchmarks.Merging;

/// <summary>Our side of the merging comparison, in a process of its own, so that its memory can be told: the counterpart of <c>peers/merging.py</c>.</summary>
internal static class MergingSide
{
    /// <summary>Arguments as for the peer: METHOD OUT THREADS BASE MODEL [MODEL ...]. With the environment variable MERGE_DURABLE each file is on the disk before it counts.</summary>
    public static int Run(string[] arguments)
    {
        (string method, string output, string theta0) = (arguments[0], arguments[1], arguments[3]);
        Workers.Configure(int.Parse(arguments[2], CultureInfo.InvariantCulture));
        string[] parameters = method == "linear" ? ["weight=0.5"] : ["weight=0.5", "density=0.5"];
        string yaml = MergeShorthand.ToYaml(method, method == "linear" ? null : theta0, arguments[4..], method == "task_arithmetic" ? ["weight=0.5"] : parameters, null);
        var clock = Stopwatch.StartNew();
        using (MergePlan plan = MergePlanner.Plan(MergeConfiguration.Parse(yaml, "bench")))
            Merger.Run(plan, new MergeOptions { Output = output, Durable = Environment.GetEnvironmentVariable("MERGE_DURABLE") == "1" });
        double seconds = clock.Elapsed.TotalSeconds;
        using Process process = Process.GetCurrentProcess();
        Console.WriteLine(JsonSerializer.Serialize(new Dictionary<string, double> { ["seconds"] = seconds, ["peak"] = process.PeakWorkingSet64 }));
        return 0;
    }
}
