using System.CommandLine;
using System.CommandLine.Parsing;
using Polymath.Data.Runs;

namespace Polymath.Cli;

/// <summary>The settings of a run as flags: one flag per <see cref="SettingOption{T}"/>, with its name, help and range.</summary>
/// <typeparam name="T">The settings.</typeparam>
internal sealed class RunFlags<T>
    where T : DataSettings
{
    private const int MostValues = 100_000;

    // What a person types often; every other flag has its long name only.
    private static readonly Dictionary<string, string> s_aliases = new(StringComparer.Ordinal)
    {
        ["target"] = "-t",
        ["task"] = "--task-column",
        ["model"] = "-m",
        ["models"] = "-m",
        ["balancer"] = "-b",
        ["balancers"] = "-b",
        ["epochs"] = "-e",
        ["seed"] = "-s",
        ["drop"] = "-d",
    };

    private readonly List<(SettingOption<T> Setting, Option Flag)> _flags = [];

    /// <summary>A flag for every setting of a table.</summary>
    public RunFlags(SettingTable<T> table)
        : this(table, table.All)
    {
    }

    /// <summary>A flag for some settings of a table.</summary>
    public RunFlags(SettingTable<T> table, IEnumerable<SettingOption<T>> settings)
    {
        foreach (SettingOption<T> setting in settings) _flags.Add((setting, FlagOf(setting, table.DefaultOf(setting))));
    }

    /// <summary>Adds the flags to a command.</summary>
    public void AddTo(Command command)
    {
        foreach ((_, Option flag) in _flags) command.Add(flag);
    }

    /// <summary>The flags that were given, as written.</summary>
    public IReadOnlyList<string> Given(ParseResult parsed) => [.. _flags.Where(entry => IsGiven(parsed, entry.Flag)).Select(entry => entry.Flag.Name)];

    /// <summary>The settings with the given flags written over them.</summary>
    /// <exception cref="RunException">A value is out of range; the flag is named.</exception>
    public T Apply(T settings, ParseResult parsed)
    {
        foreach ((SettingOption<T> setting, Option flag) in _flags)
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

    private static Option FlagOf(SettingOption<T> setting, string shown)
    {
        string name = $"--{setting.Name}";
        string[] aliases = s_aliases.TryGetValue(setting.Name, out string? alias) ? [alias] : [];
        if (setting.IsSwitch) return new GroupedOption<bool>(name, setting.Group, aliases: aliases) { Description = setting.Help };
        return new GroupedOption<string[]>(name, setting.Group, shown, aliases)
        {
            Description = setting.Help,
            HelpName = setting.Value,
            Arity = new ArgumentArity(1, MostValues),
        };
    }
}
