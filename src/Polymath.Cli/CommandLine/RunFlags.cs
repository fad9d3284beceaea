using System.CommandLine;
using System.CommandLine.Parsing;
using Polymath.Tabular.Runs;

namespace Polymath.Cli;

/// <summary>The settings of a run as flags: one flag per <see cref="RunOption"/>, with its name, help and range.</summary>
internal sealed class RunFlags
{
    private const int MostValues = 100_000;

    // What a person types often; every other flag has its long name only.
    private static readonly Dictionary<string, string> s_aliases = new(StringComparer.Ordinal)
    {
        ["target"] = "-t",
        ["model"] = "-m",
        ["balancer"] = "-b",
        ["epochs"] = "-e",
        ["seed"] = "-s",
        ["drop"] = "-d",
    };

    // How a file is read; prediction and inspection take these too.
    private static readonly string[] s_reading = ["delimiter", "decimal", "header", "columns", "skip-lines", "trim-trailing", "missing"];
    private static readonly string[] s_kinds = ["numeric", "categorical", "drop"];

    private readonly List<(RunOption Setting, Option Flag)> _flags = [];

    private RunFlags(IEnumerable<RunOption> settings)
    {
        foreach (RunOption setting in settings) _flags.Add((setting, FlagOf(setting)));
    }

    /// <summary>All settings.</summary>
    public static RunFlags All() => new(RunOptions.All);

    /// <summary>How a table is read.</summary>
    public static RunFlags Reading() => new(s_reading.Select(RunOptions.Find));

    /// <summary>How a table is read, with the kinds of its columns.</summary>
    public static RunFlags ReadingWithKinds() => new(s_reading.Concat(s_kinds).Select(RunOptions.Find));

    /// <summary>Adds the flags to a command.</summary>
    public void AddTo(Command command)
    {
        foreach ((_, Option flag) in _flags) command.Add(flag);
    }

    /// <summary>The flags that were given, as written.</summary>
    public IReadOnlyList<string> Given(ParseResult parsed) => [.. _flags.Where(entry => IsGiven(parsed, entry.Flag)).Select(entry => entry.Flag.Name)];

    /// <summary>The settings with the given flags written over them.</summary>
    /// <exception cref="RunException">A value is out of range; the flag is named.</exception>
    public RunSettings Apply(RunSettings settings, ParseResult parsed)
    {
        foreach ((RunOption setting, Option flag) in _flags)
        {
            if (!IsGiven(parsed, flag)) continue;
            string[] values = flag is Option<bool> toggle ? [parsed.GetValue(toggle) ? "true" : "false"] : parsed.GetValue((Option<string[]>)flag) ?? [];
            try
            {
                settings = setting.Set(settings, values);
            }
            catch (RunException exception)
            {
                throw new RunException($"--{exception.Message}", exception);
            }
        }

        return settings;
    }

    private static bool IsGiven(ParseResult parsed, Option flag) => parsed.GetResult(flag) is OptionResult { Implicit: false };

    private static Option FlagOf(RunOption setting)
    {
        string name = $"--{setting.Name}";
        string[] aliases = s_aliases.TryGetValue(setting.Name, out string? alias) ? [alias] : [];
        if (setting.IsSwitch) return new GroupedOption<bool>(name, setting.Group, aliases: aliases) { Description = setting.Help };
        return new GroupedOption<string[]>(name, setting.Group, RunOptions.DefaultOf(setting), aliases)
        {
            Description = setting.Help,
            HelpName = setting.Value,
            Arity = new ArgumentArity(1, MostValues),
        };
    }
}
