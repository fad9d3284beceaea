using System.Globalization;
using System.Runtime.CompilerServices;

namespace Polymath.Tensors.Kernels;

/// <summary>
/// The one pool of threads that every kernel shares. Its size comes from the environment variable
/// <c>POLYMATH_THREADS</c> (default: all processors this process may use, which in a container is its CPU limit, rounded up).
/// Results never depend on it: work is split by shape only.
/// </summary>
/// <remarks>
/// A number given by the variable or by <see cref="Configure"/> is taken as it is, even above the processors there are: that
/// gains nothing and costs little, because a caller does not wait for threads that have not begun.
/// </remarks>
/// <example><code>
/// Workers.Configure(threads: 4);
/// Console.WriteLine(Workers.Count);   // 4
/// </code></example>
public static class Workers
{
    private const string Variable = "POLYMATH_THREADS";
    private static readonly Lock _gate = new();
    private static WorkerPool _pool = new(DefaultCount());

    /// <summary>How many threads work on one kernel, the calling thread included; at least 1.</summary>
    public static int Count => Volatile.Read(ref _pool).Count;

    /// <summary>Changes the number of threads, at any time; a kernel that is running finishes undisturbed.</summary>
    /// <param name="threads">Threads including the caller, 1 or more; 1 means that nothing runs in parallel.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is not positive.</exception>
    public static void Configure(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        lock (_gate)
        {
            if (threads == _pool.Count) return;
            WorkerPool old = _pool;
            Volatile.Write(ref _pool, new WorkerPool(threads));
            old.Stop();
        }
    }

    /// <summary>
    /// Runs <paramref name="body"/> for every chunk in [0, <paramref name="chunks"/>) and returns when all are done.
    /// Runs inline when there is one chunk, one thread, or the pool is already at work (a nested or concurrent call).
    /// The first exception thrown by a chunk is rethrown here. Nothing is allocated.
    /// </summary>
    /// <param name="chunks">Number of chunks, 0 or more; let it follow from the shapes alone, so that results are the same at any thread count.</param>
    /// <param name="body">The loop body; shared by all threads while it runs.</param>
    /// <typeparam name="TBody">A struct, so that the loop is compiled for it.</typeparam>
    public static unsafe void For<TBody>(int chunks, ref TBody body)
        where TBody : struct, IBody
    {
        WorkerPool pool = Volatile.Read(ref _pool);
        if (chunks > 1 && pool.Count > 1 && pool.TryEnter())
        {
            // The body lives on this stack frame until Run returns, so a plain pointer to it is safe.
            pool.Run(chunks, &Trampoline<TBody>.Invoke, Unsafe.AsPointer(ref body));
            return;
        }

        for (int chunk = 0; chunk < chunks; chunk++) body.Run(chunk);
    }

    /// <summary>What the environment asks for, else the processors that the system grants.</summary>
    internal static int DefaultCount()
    {
        string? text = Environment.GetEnvironmentVariable(Variable);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int threads) && threads > 0
            ? threads
            : Environment.ProcessorCount;
    }

    private static unsafe class Trampoline<TBody>
        where TBody : struct, IBody
    {
        public static void Invoke(void* body, int chunk) => Unsafe.AsRef<TBody>(body).Run(chunk);
    }
}
