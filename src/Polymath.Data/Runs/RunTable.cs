namespace Polymath.Data.Runs;

/// <summary>The table of a run, read and divided as its settings say.</summary>
/// <param name="Table">Training rows, and those held out unless they are in a table of their own.</param>
/// <param name="Split">Which rows are for what.</param>
/// <param name="Targets">What to predict.</param>
/// <param name="Test">Reads the separate test table with an encoder, which knows the kinds that the training table settled: a column of digits there may be text here. Null without such a table.</param>
public sealed record RunTable(Table Table, Split Split, IReadOnlyList<TargetColumn> Targets, Func<TableEncoder, Table>? Test)
{
    /// <summary>Reads and divides.</summary>
    /// <exception cref="TableException">The data cannot be read or does not fit the settings.</exception>
    /// <exception cref="RunException">The settings contradict each other.</exception>
    public static RunTable Load(DataSettings settings, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Data.Length == 0) throw new RunException("no training table was given; name a file, sqlite:file.db#table or postgres://...#table.");
        Table table = Table.Read(settings.Data, settings.ReadOptions(settings.SkipLines), cancellation);
        return Of(table, settings.Test.Length == 0 ? null : encoder => encoder.Read(settings.Test, settings.ReadOptions(settings.TestSkipLines), cancellation), settings);
    }

    /// <summary>Divides tables that are already in memory.</summary>
    /// <param name="table">Training (and, without <paramref name="test"/>, test) rows.</param>
    /// <param name="test">Separate test rows.</param>
    /// <param name="settings">Targets and split.</param>
    /// <exception cref="TableException">The data does not fit the settings.</exception>
    /// <exception cref="RunException">The settings contradict each other.</exception>
    public static RunTable Of(Table table, Table? test, DataSettings settings) => Of(table, test is null ? null : _ => test, settings);

    private static RunTable Of(Table table, Func<TableEncoder, Table>? test, DataSettings settings)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Targets.Count == 0) throw new RunException($"no target was given; add --target with one of the columns: {string.Join(", ", table.ColumnNames.Take(20))}.");
        TargetColumn[] targets = [.. settings.Targets.Select(TargetColumn.Parse)];
        return new RunTable(table, SplitOf(table, targets, test is not null, settings), targets, test);
    }

    private static Split SplitOf(Table table, TargetColumn[] targets, bool separateTest, DataSettings settings)
    {
        double test = separateTest ? 0 : settings.TestFraction;
        ulong seed = (ulong)settings.SplitSeed;
        string kind = settings.Split, argument = string.Empty;
        int colon = kind.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0) (kind, argument) = (kind[..colon], kind[(colon + 1)..]);
        return (kind, argument.Length > 0) switch
        {
            ("random", false) => Splits.Random(table.Rows, settings.Validation, test, seed),
            ("stratified", false) => Splits.Stratified(Splits.Strata(table, targets), settings.Validation, test, seed),
            ("column", true) => Splits.ByColumn(table, argument),
            ("group", true) => Splits.ByGroup(table, argument, settings.Validation, test, seed),
            ("rows", true) => Splits.ByRowFile(table.Rows, argument, settings.Validation, seed),
            _ => throw new RunException($"split: found '{settings.Split}', expected random, stratified, column:NAME, group:NAME or rows:FILE."),
        };
    }
}
