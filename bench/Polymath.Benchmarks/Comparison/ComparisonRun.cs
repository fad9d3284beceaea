using System.Globalization;
using Polymath.Tensors.Kernels;

namespace Polymath.Benchmarks.Comparison;

/// <summary>The <c>compare</c> command behind <c>bench/run</c>: measures our side in this process and the peers in theirs, and reports.</summary>
internal static class ComparisonRun
{
    public static int Run(string[] arguments)
    {
        if (arguments.Contains("--help")) return Done(ComparisonOptions.Usage);
        ComparisonOptions options;
        try
        {
            options = ComparisonOptions.Parse(arguments);
        }
        catch (FormatException exception)
        {
            Console.Error.WriteLine($"{exception.Message}\n{ComparisonOptions.Usage}");
            return 2;
        }

        Case[] cases = [.. CaseTable.Cases.Where(options.Selects)];
        if (cases.Length == 0) return Fail($"no case begins with {string.Join(" or ", options.Prefixes)}; bench/run --list prints all names.");
        if (options.List) return List(cases);
        string results = Path.Combine(Repository.Root, "docs", "results");
        ResultFile? older = ResultFile.Load(Path.Combine(results, "performance.json"));
        if (options.Page) return older is null ? Fail("there is no performance.json, expected one from an earlier run.") : Publish(older, results);

        ResultFile file;
        try
        {
            file = Measure(cases, options);
        }
        catch (InvalidOperationException exception)
        {
            return Fail(exception.Message);
        }

        Print(file);
        if (options.Quick) return Done("A quick run leaves docs/results as it is.");
        if (older is not null && older.Machine != file.Machine) Console.WriteLine("The older figures come from another machine or other versions and are dropped.");
        return Publish(older?.Machine == file.Machine ? file.Over(older, CaseTable.PositionOf) : file, results);
    }

    private static ResultFile Measure(Case[] cases, ComparisonOptions options)
    {
        string script = Path.Combine(Repository.Root, "bench", "peers", "serve.py");
        var peaks = new List<Peaks>();
        var rows = new List<ResultRow>();
        Machine? machine = null;
        foreach (int threads in options.Threads)
        {
            Workers.Configure(threads);
            using var installed = new Peer(script, options.Python, threads, null, options.WarmUp);
            using Peer? forced = Machine.HasAvx512() ? new Peer(script, options.Python, threads, Peer.ForcedCore, options.WarmUp) : null;
            machine ??= Machine.Describe(installed.About, forced?.About);
            if (forced is null) Console.WriteLine("This processor has no AVX-512: there is no forced peer.");
            if (cases.Any(item => item.NeedsPeaks)) peaks.Add(PeakProbe.Measure(threads, forced is null ? [installed] : [installed, forced], options.WarmUp));
            foreach (Case item in cases)
            {
                if (item.Unavailable is { } reason)
                {
                    Console.WriteLine($"{item.Name}: skipped, {reason}");
                    continue;
                }

                ResultRow row = Measure(item, threads, installed, forced, options);
                rows.Add(row);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{item.Name}, {threads} thread{(threads == 1 ? string.Empty : "s")}: {Quantity.Seconds(row.Ours.Median)}{(row.OverForced is { } f ? $", x forced {f:F2}" : string.Empty)}{(row.OverInstalled is { } i ? $", x installed {i:F2}" : string.Empty)}{(row.Note is null ? string.Empty : $" ({row.Note})")}"));
            }
        }

        return new ResultFile(machine!, peaks, rows);
    }

    private static ResultRow Measure(Case item, int threads, Peer installed, Peer? forced, ComparisonOptions options)
    {
        using Workload workload = item.Ours();
        using Workload? loop = item.Loop is { } kind ? new MemoryLoopWorkload(kind, threads) : null;
        var sampler = new Sampler(workload, options.WarmUp);
        var ours = new Side(sampler.Sample);
        Side? overLoop = loop is null ? null : new Side(new Sampler(loop, options.WarmUp).Sample), asInstalled = null, asForced = null;
        string? note = null;
        try
        {
            if (item.Peer is { } request)
            {
                asInstalled = Side.Of(installed, request);
                asForced = forced is null || !item.UsesBlas ? null : Side.Of(forced, request);
            }
        }
        catch (InvalidOperationException exception)
        {
            note = exception.Message;
        }

        Side[] sides = [.. new[] { ours, asInstalled, asForced, overLoop }.OfType<Side>()];
        for (int round = 0; round < options.Rounds; round++)
        {
            for (int turn = 0; turn < sides.Length; turn++) sides[(round + turn) % sides.Length].Add();
        }

        return new ResultRow(item.Name, threads, options.Rounds, DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), ours.Spread)
        {
            Installed = asInstalled?.Spread,
            Forced = asForced?.Spread,
            Loop = overLoop?.Spread,
            OverInstalled = asInstalled?.Over(ours),
            OverForced = asForced?.Over(ours),
            OverLoop = overLoop?.Over(ours),
            Allocated = item.Goals.Any(goal => goal.Yardstick == Yardstick.Allocation) ? sampler.Allocated() : null,
            FileBytes = workload.FileBytes > 0 ? workload.FileBytes : null,
            Note = note,
        };
    }

    private static void Print(ResultFile file)
    {
        Console.WriteLine($"\n{Report.Limits(file)}");
        foreach (CaseGroup group in CaseTable.Groups)
        {
            if (Report.Of(group, file) is { } table) Console.WriteLine($"{group.Title}\n\n{table}");
        }

        Console.WriteLine(Report.Summary(file));
    }

    private static int Publish(ResultFile file, string folder)
    {
        file.Save(Path.Combine(folder, "performance.json"));
        File.WriteAllText(Path.Combine(folder, "performance.md"), ResultPage.Write(file, new Explanations(Path.Combine(Repository.Root, "bench", "explanations.md"))));
        return Done("Written: docs/results/performance.md and performance.json.");
    }

    private static int List(Case[] cases)
    {
        foreach (Case item in cases) Console.WriteLine(item.Name);
        return 0;
    }

    private static int Done(string sentence)
    {
        Console.WriteLine(sentence);
        return 0;
    }

    private static int Fail(string sentence)
    {
        Console.Error.WriteLine($"bench/run: {sentence}");
        return 2;
    }
}
