using Polymath.Tabular.Runs;

namespace Polymath.Cli;

/// <summary>Shows a run while it trains.</summary>
internal interface IRunDisplay
{
    /// <summary>Runs <paramref name="work"/> and shows the progress it reports.</summary>
    T Show<T>(Func<Action<RunProgress>, T> work);

    /// <summary>Says that a request to stop was heard; called from another thread.</summary>
    void Stopping();

    /// <summary>Leaves the terminal as it was, because the process is about to be ended; called from another thread.</summary>
    void Abandon();
}
