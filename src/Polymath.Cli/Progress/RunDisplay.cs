namespace Polymath.Cli;

/// <summary>Chooses how a run is shown.</summary>
internal static class RunDisplay
{
    public static IRunDisplay For(Terminal terminal, bool quiet)
        => quiet ? new SilentDisplay() : terminal.IsErrorLive ? new LiveDisplay(terminal.ErrorConsole()) : new LineDisplay(terminal.Error);
}
