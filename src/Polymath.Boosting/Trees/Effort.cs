using Polymath.Tensors.Kernels;

namespace Polymath.Boosting;

/// <summary>
/// Shares work among threads where that pays: waking one costs some ten microseconds, and a small table has dozens of steps a tree that are
/// shorter than that. One unit is about half a nanosecond, the time to add one value of one row to a histogram.
/// </summary>
internal static class Effort
{
    private const long Least = 1 << 15;

    /// <summary>Runs every chunk, on several threads if the effort is worth it.</summary>
    /// <param name="chunks">Number of chunks.</param>
    /// <param name="units">The effort of all chunks together.</param>
    /// <param name="body">The loop body.</param>
    public static void For<TBody>(int chunks, long units, ref TBody body)
        where TBody : struct, IBody
    {
        if (units >= Least)
        {
            Workers.For(chunks, ref body);
            return;
        }

        for (int chunk = 0; chunk < chunks; chunk++) body.Run(chunk);
    }
}
