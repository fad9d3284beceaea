namespace Polymath.Tests;

/// <summary>
/// Bytes that code leaves to the garbage collector on this thread. A collection in the middle, which any other test can cause, takes the
/// thread's open block of a few kB away and counts it as allocated; such a measurement is repeated.
/// </summary>
internal static class SteadyAllocation
{
    private const int Attempts = 20;

    /// <summary>Runs warm code and measures it.</summary>
    /// <param name="code">May run several times.</param>
    public static long Of(Action code)
    {
        long allocated = 0;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            int collections = GC.CollectionCount(0);
            long before = GC.GetAllocatedBytesForCurrentThread();
            code();
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (GC.CollectionCount(0) == collections) break;
        }

        return allocated;
    }
}
