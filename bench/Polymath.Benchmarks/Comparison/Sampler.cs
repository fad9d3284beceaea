using System.Diagnostics;

namespace Polymath.Benchmarks.Comparison;

/// <summary>Warms a workload up, finds how often it must be repeated, and then times samples of it; peers/sampling.py does the same.</summary>
internal sealed class Sampler
{
    private const double SampleSeconds = 0.02, LongestWarmUp = 4;
    private const int LeastRuns = 100, LeastRepeats = 3;

    private readonly Workload _workload;
    private readonly int _repeats;

    public Sampler(Workload workload, double warmUp)
    {
        _workload = workload;
        long start = Stopwatch.GetTimestamp();
        double elapsed = 0, fastest = double.PositiveInfinity;

        // The compiler replaces code twice, each time after 30 calls and a pause, so that runs count as well as time.
        for (int runs = 0; elapsed < warmUp || (runs < LeastRuns && elapsed < LongestWarmUp); runs++)
        {
            workload.Run();
            double now = Stopwatch.GetElapsedTime(start).TotalSeconds;
            (fastest, elapsed) = (Math.Min(fastest, now - elapsed), now);
        }

        _repeats = Math.Max(LeastRepeats, (int)Math.Round(SampleSeconds / fastest));
    }

    /// <summary>Seconds of one operation: the mean of a sample, after one untimed run that brings code and data back into the caches.</summary>
    public double Sample()
    {
        _workload.Run();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < _repeats; i++) _workload.Run();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / _repeats;
    }

    /// <summary>Bytes that all threads together leave to the garbage collector in one operation.</summary>
    public double Allocated()
    {
        const int Runs = 20;
        _workload.Run();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < Runs; i++) _workload.Run();
        return (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / Runs;
    }
}
