namespace Polymath.Benchmarks.Comparison;

/// <summary>Threads that do the parts of one job together with the caller, asleep in between.</summary>
internal sealed class ThreadCrew : IDisposable
{
    private readonly Thread[] _others;
    private readonly SemaphoreSlim _start = new(0), _done = new(0);
    private Action<int, int>? _job;
    private int _next;

    public ThreadCrew(int threads)
    {
        _others = new Thread[threads - 1];
        for (int i = 0; i < _others.Length; i++)
        {
            _others[i] = new Thread(Work) { IsBackground = true };
            _others[i].Start();
        }
    }

    /// <summary>Calls <paramref name="job"/> with every part and the number of parts, one part per thread.</summary>
    public void Run(Action<int, int> job)
    {
        (_job, _next) = (job, 0);
        if (_others.Length > 0) _start.Release(_others.Length);
        job(0, _others.Length + 1);
        for (int i = 0; i < _others.Length; i++) _done.Wait();
    }

    public void Dispose()
    {
        _job = null;
        if (_others.Length > 0) _start.Release(_others.Length);
        foreach (Thread thread in _others) thread.Join();
        _start.Dispose();
        _done.Dispose();
    }

    private void Work()
    {
        while (true)
        {
            _start.Wait();
            if (_job is not { } job) return;
            job(Interlocked.Increment(ref _next), _others.Length + 1);
            _done.Release();
        }
    }
}
