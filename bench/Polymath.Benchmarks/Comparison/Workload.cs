namespace Polymath.Benchmarks.Comparison;

/// <summary>Our side of a case: everything made in the constructor, so that <see cref="Run"/> is the work and nothing else.</summary>
internal abstract class Workload : IDisposable
{
    /// <summary>Bytes of a file that the work reads; 0 when there is none.</summary>
    public virtual long FileBytes => 0;

    /// <summary>Does the work once.</summary>
    public abstract void Run();

    /// <summary>Gives its buffers back.</summary>
    public abstract void Dispose();
}
