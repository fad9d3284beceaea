using System.CommandLine;
using Polymath.Tensors.Kernels;

namespace Polymath.Cli;

/// <summary>Flags that every command takes.</summary>
internal static class GlobalFlags
{
    public const string Group = "Everywhere", DebugName = "--debug";
    private const string ThreadsName = "--threads", JsonName = "--json", QuietName = "--quiet";
    private const int MostThreads = 4096;

    /// <summary>Adds them to the root.</summary>
    public static void AddTo(Command root)
    {
        root.Add(new GroupedOption<int?>(ThreadsName, Group) { HelpName = "n", Description = "Threads to compute with; all cores unless given. Results do not depend on it.", Recursive = true });
        root.Add(new GroupedOption<bool>(JsonName, Group) { Description = "Write results as JSON.", Recursive = true });
        root.Add(new GroupedOption<bool>(QuietName, Group, aliases: "-q") { Description = "No progress and no messages: results only.", Recursive = true });
        root.Add(new GroupedOption<bool>(DebugName, Group) { Description = "Also show where an error came from.", Recursive = true });
    }

    public static bool Json(ParseResult parsed) => parsed.GetValue<bool>(JsonName);

    public static bool Quiet(ParseResult parsed) => parsed.GetValue<bool>(QuietName);

    /// <summary>Sizes the worker pool.</summary>
    /// <exception cref="UsageException">Not a sensible number of threads.</exception>
    public static void ApplyThreads(ParseResult parsed)
    {
        if (parsed.GetValue<int?>(ThreadsName) is not { } threads) return;
        if (threads is < 1 or > MostThreads) throw new UsageException($"{ThreadsName}: found {threads}, expected 1 to {MostThreads}.");
        Workers.Configure(threads);
    }
}
