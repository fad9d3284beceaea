using Polymath.Data;

namespace Polymath.Tabular.Runs;

/// <summary>The data of a run: read, split and encoded as its settings say.</summary>
public sealed class RunData : TabularData
{
    private RunData(Table table, Split split, IReadOnlyList<TargetColumn> targets, EncoderOptions options, Func<TableEncoder, Table>? test)
        : base(table, split, targets, options, test)
    {
    }

    /// <summary>Reads, splits and encodes.</summary>
    /// <exception cref="TableException">The data cannot be read or does not fit the settings.</exception>
    /// <exception cref="RunException">The settings contradict each other.</exception>
    public static RunData Load(RunSettings settings, CancellationToken cancellation = default)
    {
        if (settings.Data.Length == 0) throw new RunException("no training table was given; name a file, sqlite:file.db#table or postgres://...#table.");
        Table table = Table.Read(settings.Data, ReadOptionsOf(settings, settings.SkipLines), cancellation);

        // The test table is read with the kinds the training table settled: a column of digits there may be text here.
        return From(table, settings.Test.Length == 0 ? null : encoder => encoder.Read(settings.Test, ReadOptionsOf(settings, settings.TestSkipLines), cancellation), settings);
    }

    /// <summary>Splits and encodes tables that are already in memory.</summary>
    /// <param name="table">Training (and, without <paramref name="test"/>, test) rows.</param>
    /// <param name="test">Separate test rows.</param>
    /// <param name="settings">Targets, split and encoding.</param>
    public static RunData From(Table table, Table? test, RunSettings settings) => From(table, test is null ? null : _ => test, settings);

    private static RunData From(Table table, Func<TableEncoder, Table>? test, RunSettings settings)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (settings.Targets.Count == 0) throw new RunException($"no target was given; add --target with one of the columns: {string.Join(", ", table.ColumnNames.Take(20))}.");
        TargetColumn[] targets = [.. settings.Targets.Select(TargetColumn.Parse)];
        var options = new EncoderOptions
        {
            Numeric = settings.Transform switch { "quantile" => NumericTransform.Quantile, "none" => NumericTransform.None, _ => NumericTransform.Standardise },
            MinFrequency = settings.MinFrequency,
            Drop = settings.Drop,
            TaskColumn = settings.TaskColumn.Length == 0 ? null : settings.TaskColumn,
            TaskAsInput = settings.TaskAsInput,
        };
        return new RunData(table, SplitOf(table, targets, test is not null, settings), targets, options, test);
    }

    /// <summary>How a file of these settings is read.</summary>
    public static ReadOptions ReadOptionsOf(RunSettings settings, int skipLines) => new()
    {
        Delimiter = settings.Delimiter.Length == 0 ? null : settings.Delimiter[0],
        DecimalSeparator = settings.Decimal.Length == 0 ? '.' : settings.Decimal[0],
        Header = settings.Header switch { "yes" => true, "no" => false, _ => null },
        ColumnNames = settings.Columns.Count == 0 ? null : settings.Columns,
        SkipLines = skipLines,
        TrimTrailing = settings.TrimTrailing.Length == 0 ? null : settings.TrimTrailing[0],
        MissingMarkers = settings.Missing,
        NumericColumns = settings.Numeric,
        CategoricalColumns = settings.Categorical,
    };

    private static Split SplitOf(Table table, TargetColumn[] targets, bool separateTest, RunSettings settings)
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
