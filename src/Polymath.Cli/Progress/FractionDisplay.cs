using System.Globalization;
using Spectre.Console;

namespace Polymath.Cli;

/// <summary>Shows work of which the part done is known: a bar in place on a terminal, now and then a line elsewhere, nothing when quiet.</summary>
internal sealed class FractionDisplay
{
    private const int Bar = 20;
    private static readonly TimeSpan s_betweenLines = TimeSpan.FromSeconds(5), s_betweenFrames = TimeSpan.FromMilliseconds(100);
    private readonly TextWriter? _lines;
    private readonly IAnsiConsole? _console;
    private readonly RunClock _clock = new();
    private TimeSpan? _last;
    private volatile bool _stopping;

    private FractionDisplay(TextWriter? lines, IAnsiConsole? console) => (_lines, _console) = (lines, console);

    /// <summary>The display for a terminal.</summary>
    public static FractionDisplay For(Terminal terminal, bool quiet)
        => quiet ? new(null, null) : terminal.IsErrorLive ? new(null, terminal.ErrorConsole()) : new(terminal.Error, null);

    /// <summary>Runs <paramref name="work"/> and shows the fraction and the text that it reports.</summary>
    public T Show<T>(Func<Action<double, string>, T> work)
    {
        if (_console is null) return work(_lines is null ? static (_, _) => { } : Line);
        return _console.Live(new Text("Starting ...")).AutoClear(true).Overflow(VerticalOverflow.Ellipsis).Start(context => work((fraction, text) =>
        {
            TimeSpan? left = _clock.Left(fraction);
            if (!IsDue(s_betweenFrames)) return;
            context.UpdateTarget(Frame(fraction, text, left));
            context.Refresh();
        }));
    }

    /// <summary>Says that a request to stop was heard; called from another thread.</summary>
    public void Stopping()
    {
        _stopping = true;
        _lines?.WriteLine("stopping after this step; once more to stop at once");
    }

    /// <summary>Leaves the terminal as it was, because the process is about to be ended; called from another thread.</summary>
    public void Abandon()
    {
        _console?.Cursor.Show(true);
        _console?.WriteLine();
    }

    private void Line(double fraction, string text)
    {
        TimeSpan? left = _clock.Left(fraction);
        if (!IsDue(s_betweenLines)) return;
        _lines!.WriteLine($"{Percent(fraction)} {text}{(left is { } time ? $", {RunClock.Format(time)} left" : string.Empty)}");
    }

    private Rows Frame(double fraction, string text, TimeSpan? left)
    {
        int filled = (int)Math.Round(Bar * fraction);
        string line = $"{Percent(fraction)}{(left is { } time ? $"  {RunClock.Format(time)} left" : string.Empty)}  {text}";
        var bar = Markup.FromInterpolated($"[green]{new string('━', filled)}[/][grey]{new string('─', Bar - filled)}[/] {line}");
        return _stopping ? new Rows(bar, new Markup("[yellow]Stopping after this step; Ctrl-C again stops at once.[/]")) : new Rows(bar);
    }

    private bool IsDue(TimeSpan pause)
    {
        TimeSpan now = _clock.Elapsed;
        if (_last is { } last && now - last < pause) return false;
        _last = now;
        return true;
    }

    private static string Percent(double fraction) => string.Create(CultureInfo.InvariantCulture, $"{100 * fraction,3:0}%");
}
