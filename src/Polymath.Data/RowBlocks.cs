using System.Runtime.ExceptionServices;
using Polymath.Tensors.Kernels;

namespace Polymath.Data;

/// <summary>Runs independent pieces of work on the threads that <see cref="Workers"/> allows; each piece writes its own memory, so results do not depend on their number.</summary>
internal static class RowBlocks
{
    /// <summary>Rows per piece: what they write stays in a core's second-level cache.</summary>
    private const int BlockRows = 512;

    /// <summary>Divides rows into blocks, whatever the number of threads.</summary>
    /// <param name="rows">How many rows.</param>
    /// <param name="body">Gets the first row of a block and the row after its last.</param>
    public static void For(int rows, Action<int, int> body)
    {
        int blocks = (rows + BlockRows - 1) / BlockRows;
        Each(blocks, block => body(block * BlockRows, (int)Math.Min((block + 1L) * BlockRows, rows)));
    }

    /// <summary>Does every piece; an exception in one ends the work and is thrown as it is.</summary>
    public static void Each(int pieces, Action<int> body)
    {
        if (pieces <= 1 || Workers.Count == 1)
        {
            for (int piece = 0; piece < pieces; piece++) body(piece);
            return;
        }

        try
        {
            Parallel.For(0, pieces, new ParallelOptions { MaxDegreeOfParallelism = Workers.Count }, body);
        }
        catch (AggregateException all)
        {
            ExceptionDispatchInfo.Throw(all.InnerExceptions[0]);
        }
    }
}
