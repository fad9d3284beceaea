using Polymath.Tabular.Runs;

namespace Polymath.Cli;

/// <summary>Shows nothing.</summary>
internal sealed class SilentDisplay : IRunDisplay
{
    /// <inheritdoc/>
    public T Show<T>(Func<Action<RunProgress>, T> work) => work(static _ => { });

    /// <inheritdoc/>
    public void Stopping()
    {
    }

    /// <inheritdoc/>
    public void Abandon()
    {
    }
}
