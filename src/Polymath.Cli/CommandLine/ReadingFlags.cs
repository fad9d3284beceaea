using Polymath.Data.Runs;

namespace Polymath.Cli;

/// <summary>The flags that say how a table is read, for every command that reads one; given over the settings of a run of any kind.</summary>
internal static class ReadingFlags
{
    /// <summary>How a table is read.</summary>
    public static RunFlags<DataSettings> Text() => Of(DataOptions.Reading);

    /// <summary>How a table is read, with the kinds of its columns.</summary>
    public static RunFlags<DataSettings> WithKinds() => Of([.. DataOptions.Reading, .. DataOptions.Kinds]);

    private static RunFlags<DataSettings> Of(IEnumerable<string> names) => new(DataOptions.Table, names.Select(DataOptions.Table.Find));
}
