using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Polymath.Benchmarks.Merging;

/// <summary>
/// Merges of generated Llama-shaped checkpoints beside <c>cp</c> of the same bytes and beside a straightforward PyTorch program, each in a process of
/// its own, all in one run. The files are written before, so that they are in the page cache as far as memory reaches.
/// </summary>
internal static class MergingComparison
{
    private const int Rounds = 3;
    private static readonly string[] s_models = ["base", "math", "code"];
    private static readonly string[] s_methods = ["linear", "task_arithmetic", "ties", "dare_linear"];

    /// <summary>Arguments: layers of the models (23 is 4 GB a model), a folder with room for six models, "memory" to measure only the peak memory.</summary>
    public static int Run(string[] arguments)
    {
        int layers = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 23;
        string root = arguments.Length > 1 ? arguments[1] : Path.Combine(Path.GetTempPath(), $"polymath-merging-{layers}");
        bool memoryOnly = arguments.Length > 2 && arguments[2] == "memory";
        Directory.CreateDirectory(root);
        var family = new LlamaFamily(root, layers);
        string[] folders = [.. s_models.Select(family.Require)];
        double size = family.Bytes / 1e9;
        Console.WriteLine(Text($"Models of {size:0.00} GB in 8 files, {layers} layers; {Environment.ProcessorCount} cores"));
        if (memoryOnly)
        {
            foreach (string method in s_methods) Console.WriteLine(Text($"| {size:0.0} GB | {method} | {Ours(method, root, folders, Environment.ProcessorCount)["peak"] / 1e6:0} |"));
            return 0;
        }

        double[] copying = [.. Enumerable.Range(0, Rounds).Select(_ => Copy(root, [.. folders, folders[0]]))];
        double copyRate = (folders.Length + 1) * size / Median(copying);
        Console.WriteLine(Text($"cp of the inputs and one output: {Median(copying):0.0} s, {copyRate:0.00} GB/s"));
        int threads = Environment.ProcessorCount;
        Console.WriteLine(Text($"| method | seconds, 1 thread | seconds, {threads} threads | GB/s read and written | of cp's rate | on the disk: seconds | PyTorch: seconds | ratio | peak MB | PyTorch: peak MB |"));
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (string method in s_methods)
        {
            double moved = size * (method == "linear" ? 3 : 4);
            Dictionary<string, double>[] ours = [.. Enumerable.Range(0, Rounds).Select(_ => Ours(method, root, folders, threads))];
            double seconds = Median([.. ours.Select(run => run["seconds"])]), one = Ours(method, root, folders, 1)["seconds"], durable = Ours(method, root, folders, threads, durable: true)["seconds"];
            Dictionary<string, double> peer = Peer(method, root, folders, threads);
            Console.WriteLine(Text($"| `{method}` | {one:0.0} | {seconds:0.0} | {moved / seconds:0.00} | {moved / seconds / copyRate:0.0}x | {durable:0.0} | {peer["seconds"]:0.0} | {peer["seconds"] / seconds:0.0}x | {ours.Max(run => run["peak"]) / 1e6:0} | {peer["peak"] / 1e6:0} |"));
        }

        return 0;
    }

    private static double Copy(string root, IReadOnlyList<string> folders)
    {
        string target = Path.Combine(root, "copy");
        Remove(target);
        Directory.CreateDirectory(target);
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < folders.Count; i++) Start("cp", ["-r", folders[i], Path.Combine(target, i.ToString(CultureInfo.InvariantCulture))], null);
        double seconds = clock.Elapsed.TotalSeconds;
        Remove(target);
        return seconds;
    }

    private static Dictionary<string, double> Ours(string method, string root, string[] folders, int threads, bool durable = false)
        => Measured(root, output => Start(Environment.ProcessPath!, [typeof(MergingComparison).Assembly.Location, "merging-side", method, output, threads.ToString(CultureInfo.InvariantCulture), .. folders], durable ? "1" : "0"));

    private static Dictionary<string, double> Peer(string method, string root, string[] folders, int threads)
        => Measured(root, output => Start("/usr/bin/python3", ["-W", "ignore", Path.Combine("bench", "peers", "merging.py"), method, output, threads.ToString(CultureInfo.InvariantCulture), .. folders], null));

    private static Dictionary<string, double> Measured(string root, Func<string, string> run)
    {
        string output = Path.Combine(root, "merged");
        Remove(output);
        string answer = run(output);
        Remove(output);
        return JsonSerializer.Deserialize<Dictionary<string, double>>(answer.Trim().Split('\n')[^1])!;
    }

    private static string Start(string program, IReadOnlyList<string> arguments, string? durable)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        if (durable is not null) start.Environment["MERGE_DURABLE"] = durable;
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }
}
