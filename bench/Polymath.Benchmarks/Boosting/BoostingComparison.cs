using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Polymath.Benchmarks.Boosting;

/// <summary>
/// Histogram trees beside XGBoost's on the same tables, bins, depth, rounds and threads. Each side runs in a process of its own, the two take
/// turns, and a ratio is the median of the ratios of each round. Training is the whole of it: from a matrix in memory to a model.
/// </summary>
internal static class BoostingComparison
{
    private const int Rounds = 5, Repeats = 3, SmallRepeats = 15, SmallRows = 100_000;
    private const double Mebibyte = 1024 * 1024;

    /// <summary>Arguments: the folder with the data sets (../shared/data), rounds (5), a part of the names of the tables wanted.</summary>
    public static int Run(string[] arguments)
    {
        string data = arguments.Length > 0 ? arguments[0] : Path.Combine("..", "shared", "data");
        int rounds = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : Rounds;
        string folder = Directory.CreateTempSubdirectory("boosting").FullName;
        try
        {
            var shapes = new List<(BoostingShape Shape, string File)>();
            string higgs = Path.Combine(folder, "higgs"), adult = Path.Combine(folder, "adult");
            HiggsLikeTable.Write(higgs, 250_000);
            foreach ((int depth, int leaves) in ((int, int)[])[(6, 0), (8, 0), (0, 63)])
                shapes.Add((new BoostingShape($"Higgs-like 200k x {HiggsLikeTable.Width}, {(depth > 0 ? $"depth {depth}" : $"{leaves} leaves")}", 250_000, HiggsLikeTable.Width, 200_000, depth, leaves, 100), higgs));
            if (AdultTable.Write(adult, Path.Combine(data, "adult")) is var (rows, width, train)) shapes.Add((new BoostingShape($"Adult 32.6k x {width}, depth 6", rows, width, train, 6, 0, 100), adult));
            Console.WriteLine("| table | threads | training s: ours | XGBoost | ratio | prediction ms: ours | XGBoost | ratio | AUC: ours | XGBoost | log loss: ours | XGBoost | peak MB: ours | XGBoost |");
            Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
            foreach ((BoostingShape shape, string file) in shapes)
            {
                if (arguments.Length > 2 && !shape.Name.Contains(arguments[2], StringComparison.OrdinalIgnoreCase)) continue;
                foreach (int threads in (int[])[1, 2]) Compare(shape, file, threads, rounds);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private static void Compare(BoostingShape shape, string file, int threads, int rounds)
    {
        string[] task = [file, .. ((int[])[shape.Rows, shape.Width, shape.Train, shape.Depth, shape.Leaves, shape.Trees, threads, shape.Train < SmallRows ? SmallRepeats : Repeats]).Select(number => number.ToString(CultureInfo.InvariantCulture))];
        var ours = new List<Dictionary<string, double>>();
        var theirs = new List<Dictionary<string, double>>();
        for (int round = 0; round < rounds; round++)
        {
            if (round % 2 == 0) ours.Add(Ours(task));
            theirs.Add(Start("/usr/bin/python3", [Path.Combine("bench", "peers", "boosting.py"), .. task]));
            if (round % 2 != 0) ours.Add(Ours(task));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {shape.Name} | {threads} | {Median(ours, "train"):0.00} | {Median(theirs, "train"):0.00} | {Ratio(ours, theirs, "train"):0.00} | {1000 * Median(ours, "predict"):0} | {1000 * Median(theirs, "predict"):0} | {Ratio(ours, theirs, "predict"):0.00} | {ours[0]["auc"]:0.0000} | {theirs[0]["auc"]:0.0000} | {ours[0]["logloss"]:0.0000} | {theirs[0]["logloss"]:0.0000} | {Median(ours, "peak") / Mebibyte:0} | {Median(theirs, "peak") / Mebibyte:0} |"));
    }

    private static Dictionary<string, double> Ours(string[] task) => Start(Environment.ProcessPath!, [typeof(BoostingComparison).Assembly.Location, "boosting-side", .. task]);

    private static double Median(List<Dictionary<string, double>> runs, string figure) => runs.Select(run => run[figure]).Order().ElementAt(runs.Count / 2);

    private static double Ratio(List<Dictionary<string, double>> ours, List<Dictionary<string, double>> theirs, string figure)
        => ours.Zip(theirs, (mine, other) => other[figure] / mine[figure]).Order().ElementAt(ours.Count / 2);

    private static Dictionary<string, double> Start(string program, IReadOnlyList<string> arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true }) ?? throw new InvalidOperationException($"{program} did not start.");
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<Dictionary<string, double>>(output.Trim().Split('\n')[^1])!
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }
}
