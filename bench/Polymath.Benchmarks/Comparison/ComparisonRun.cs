using System.Globalization;
using Polymath.Tensors.Kernels;

namespace Polymath.Benchmarks.Comparison;

/// <summary>Measures our side in this process and the peers in theirs.</summary>
internal static class ComparisonRun
{
    /// <summary>Measures cases.</summary>
    /// <param name="cases">What to measure, in order.</param>
    /// <param name="options">How.</param>
    /// <param name="measured">Called after every case with all figures so far, the newest row last.</param>
    /// <exception cref="InvalidOperationException">A peer did not start; the message says why.</exception>
    public static void Measure(IEnumerable<Case> cases, ComparisonOptions options, Action<ResultFile> measured)
    {
        string script = Path.Combine(Repository.Root, "bench", "peers", "serve.py");
        var peaks = new List<Peaks>();
        var rows = new List<ResultRow>();
        Machine? machine = null;
        foreach (int threads in options.Threads)
        {
            Workers.Configure(threads);
            using var installed = new Peer(script, options.Python, threads, tuned: false, options.WarmUp);
            using var tuned = new Peer(script, options.Python, threads, tuned: true, options.WarmUp);
            machine ??= Machine.Describe(installed.About, tuned.About);
            if (cases.Any(item => item.NeedsPeaks)) peaks.Add(PeakProbe.Measure(threads, [installed, tuned], options.WarmUp));
            foreach (Case item in cases)
            {
                rows.Add(Measure(item, threads, installed, tuned, options));
                measured(new ResultFile(machine, peaks, rows));
            }
        }
    }

    private static ResultRow Measure(Case item, int threads, Peer installed, Peer tuned, ComparisonOptions options)
    {
        using Workload workload = item.Ours();
        using Workload? loop = item.Loop is { } kind ? new MemoryLoopWorkload(kind, threads) : null;
        var sampler = new Sampler(workload, options.WarmUp);
        var ours = new Side(sampler.Sample);
        Side? overLoop = loop is null ? null : new Side(new Sampler(loop, options.WarmUp).Sample), asInstalled = null, asTuned = null;
        string? note = null;
        try
        {
            if (item.Peer is { } request)
            {
                asInstalled = Side.Of(installed, request);
                asTuned = item.UsesBlas ? Side.Of(tuned, request) : null;
            }
        }
        catch (InvalidOperationException exception)
        {
            note = exception.Message;
        }

        Side[] sides = [.. new[] { ours, asInstalled, asTuned, overLoop }.OfType<Side>()];
        for (int round = 0; round < options.Rounds; round++)
        {
            for (int turn = 0; turn < sides.Length; turn++) sides[(round + turn) % sides.Length].Add();
        }

        return new ResultRow(item.Name, threads, options.Rounds, DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), ours.Spread)
        {
            Installed = asInstalled?.Spread,
            Tuned = asTuned?.Spread,
            Loop = overLoop?.Spread,
            OverInstalled = asInstalled?.Over(ours),
            OverTuned = asTuned?.Over(ours),
            OverLoop = overLoop?.Over(ours),
            Allocated = item.Goals.Any(goal => goal.Yardstick == Yardstick.Allocation) ? sampler.Allocated() : null,
            FileBytes = workload.FileBytes > 0 ? workload.FileBytes : null,
            Note = note,
        };
    }
}
