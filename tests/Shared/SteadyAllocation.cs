namespace Polymath.Tests;

/// <summary>
/// Bytes that code leaves to the garbage collector on this thread. A collection in the middle, which any other test can cause, takes the
/// thread's open block of a few kB away and counts it as allocated; what code allocates itself, it allocates every time, so the least of
/// several measurements counts.
/// </summary>
internal static class SteadyAllocation
{
    private const int Attempts = 20;

    /// <summary>Runs warm code and measures it.</summary>
    /// <param name="code">May run several times.</param>
    public static long Of(Action code)
    {
        long allocated = long.MaxValue;
        for (int attempt = 0; attempt < Attempts && allocated > 0; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            code();
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return allocated;
    }
}
