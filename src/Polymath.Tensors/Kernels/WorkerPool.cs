using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Polymath.Tensors.Kernels;

/// <summary>
/// A set of background threads that join a job while it is open. The caller never waits for a thread that has not
/// joined, so a sleeping or descheduled thread costs nothing.
/// </summary>
internal sealed unsafe class WorkerPool
{
    // _state packs the job's generation (high 32 bits), an open flag and the number of threads now inside the job.
    private const long OpenFlag = 1L << 31, InsideMask = OpenFlag - 1;
    private const int GenerationShift = 32;
    private static readonly long _spinTicks = Stopwatch.Frequency / 30_000;

    private readonly object _gate = new();
    private delegate*<void*, int, void> _run;
    private void* _body;
    private int _chunks;
    private int _next;
    private int _busy;
    private int _sleepers;
    private long _state;
    private bool _stopped;
    private Exception? _error;

    public WorkerPool(int count)
    {
        Count = count;
        for (int i = 1; i < count; i++)
        {
            var thread = new Thread(Work) { IsBackground = true, Name = "Polymath worker " + i };
            thread.UnsafeStart();
        }
    }

    /// <summary>Threads including the caller.</summary>
    public int Count { get; }

    /// <summary>Claims the pool for one job; false when another job holds it.</summary>
    public bool TryEnter() => Volatile.Read(ref _busy) == 0 && Interlocked.CompareExchange(ref _busy, 1, 0) == 0;

    /// <summary>Runs one job to its end and releases the pool. Call only after <see cref="TryEnter"/> returned true.</summary>
    public void Run(int chunks, delegate*<void*, int, void> run, void* body)
    {
        _run = run;
        _body = body;
        _chunks = chunks;
        _next = 0;
        _error = null;
        long generation = (Volatile.Read(ref _state) >> GenerationShift) + 1;
        Interlocked.Exchange(ref _state, (generation << GenerationShift) | OpenFlag);
        Wake(chunks - 1);

        Drain();

        Interlocked.And(ref _state, ~OpenFlag);
        var wait = default(SpinWait);
        while ((Volatile.Read(ref _state) & InsideMask) != 0) wait.SpinOnce(sleep1Threshold: -1);
        Exception? error = _error;
        _error = null;
        Volatile.Write(ref _busy, 0);
        if (error is not null) ExceptionDispatchInfo.Throw(error);
    }

    /// <summary>Lets the threads end; a job that is running is finished by its caller.</summary>
    public void Stop()
    {
        Volatile.Write(ref _stopped, true);
        lock (_gate) Monitor.PulseAll(_gate);
    }

    private void Wake(int useful)
    {
        // The full fence of the state exchange orders it before this read; Sleep does the mirror image.
        if (Volatile.Read(ref _sleepers) == 0) return;
        lock (_gate)
        {
            if (useful >= _sleepers)
            {
                Monitor.PulseAll(_gate);
                return;
            }

            for (int i = 0; i < useful; i++) Monitor.Pulse(_gate);
        }
    }

    private void Drain()
    {
        try
        {
            int chunk;
            while ((chunk = Interlocked.Increment(ref _next) - 1) < _chunks) _run(_body, chunk);
        }
        catch (Exception error)
        {
            // Carried to the caller of Run, which rethrows it; the chunks that nobody has taken are dropped.
            Interlocked.CompareExchange(ref _error, error, null);
            Interlocked.Exchange(ref _next, _chunks);
        }
    }

    private void Work()
    {
        long seen = 0;
        while (!Volatile.Read(ref _stopped))
        {
            long state = Volatile.Read(ref _state);
            long generation = state >> GenerationShift;
            if (generation == seen)
            {
                if (!Spin(seen)) Sleep(seen);
                continue;
            }

            if ((state & OpenFlag) == 0)
            {
                seen = generation;
                continue;
            }

            if (Interlocked.CompareExchange(ref _state, state + 1, state) != state) continue;
            seen = generation;
            Drain();
            Interlocked.Decrement(ref _state);
        }
    }

    private bool Spin(long seen)
    {
        long until = Stopwatch.GetTimestamp() + _spinTicks;
        do
        {
            if (Volatile.Read(ref _state) >> GenerationShift != seen || Volatile.Read(ref _stopped)) return true;
            Thread.SpinWait(8);
        }
        while (Stopwatch.GetTimestamp() < until);
        return false;
    }

    private void Sleep(long seen)
    {
        lock (_gate)
        {
            Interlocked.Increment(ref _sleepers);
            while (Volatile.Read(ref _state) >> GenerationShift == seen && !Volatile.Read(ref _stopped)) Monitor.Wait(_gate);
            Interlocked.Decrement(ref _sleepers);
        }
    }
}
