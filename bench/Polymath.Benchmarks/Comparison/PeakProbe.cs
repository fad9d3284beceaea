using System.Diagnostics;

namespace Polymath.Benchmarks.Comparison;

/// <summary>Measures the <see cref="Peaks"/> of the machine: the best of several attempts, as a limit should be.</summary>
internal static class PeakProbe
{
    private const int Attempts = 5;
    private static readonly int[] s_sizes = [512, 1024, 2048];

    /// <summary>Measures with a number of threads.</summary>
    /// <param name="threads">Threads.</param>
    /// <param name="peers">Who else multiplies matrices.</param>
    /// <param name="warmUp">Seconds of warm-up.</param>
    public static Peaks Measure(int threads, IReadOnlyList<Peer> peers, double warmUp)
    {
        const int Steps = 4_000_000;
        using var crew = new ThreadCrew(threads);
        double arithmetic = Best(() => crew.Run(static (_, _) => MultiplyAddLoop.Run(Steps))), product = 0;
        foreach (int n in s_sizes)
        {
            double flops = 2.0 * n * n * n, least = double.PositiveInfinity;
            using var workload = new GemmWorkload(n, n, n, "NN");
            var sampler = new Sampler(workload, warmUp);
            for (int attempt = 0; attempt < Attempts; attempt++)
            {
                least = Math.Min(least, sampler.Sample());
                foreach (Peer peer in peers) least = Math.Min(least, peer.Sample($"gemm {n} {n} {n} NN"));
            }

            product = Math.Max(product, flops / least);
        }

        return new Peaks(threads, threads * (double)Steps * MultiplyAddLoop.FlopsPerStep / arithmetic, product, Rate(MemoryLoop.Read), Rate(MemoryLoop.Copy), Rate(MemoryLoop.Triad));

        double Rate(MemoryLoop loop)
        {
            using var workload = new MemoryLoopWorkload(loop, threads);
            return MemoryLoopWorkload.BytesOf(loop) / Best(workload.Run);
        }
    }

    private static double Best(Action work)
    {
        double least = double.PositiveInfinity;
        for (int attempt = 0; attempt <= Attempts; attempt++)
        {
            long start = Stopwatch.GetTimestamp();
            work();
            least = Math.Min(least, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return least;
    }
}
