namespace Polymath.Data.Runs;

/// <summary>The settings of <see cref="DataSettings"/> one by one, for every kind of run that has them.</summary>
public static class DataOptions
{
    /// <summary>Headings in the help.</summary>
    public const string DataGroup = "Data", ColumnsGroup = "Columns", SplitGroup = "Split";

    /// <summary>Names of the settings that say how a table is read; prediction and inspection take these too.</summary>
    public static IReadOnlyList<string> Reading { get; } = ["delimiter", "decimal", "header", "columns", "skip-lines", "trim-trailing", "missing"];

    /// <summary>Names of the settings that say what the columns of a table are.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["numeric", "categorical", "drop"];

    /// <summary>The table for settings that are no more than the data's.</summary>
    public static SettingTable<DataSettings> Table { get; } = new(new DataSettings(), Of<DataSettings>());

    /// <summary>All of them, in the order of the help.</summary>
    /// <typeparam name="T">Settings of a run.</typeparam>
    public static IReadOnlyList<SettingOption<T>> Of<T>()
        where T : DataSettings =>
    [
        SettingOption<T>.Text("test", "table", DataGroup, "Separate test table; without it test rows are taken from the training table.", s => s.Test, (s, v) => s with { Test = v }),
        SettingOption<T>.List("target", "target", DataGroup, "What to predict: [name=]column[op value][:binary|multiclass|regression|count]; give it once per task.", s => s.Targets, (s, v) => s with { Targets = v }, split: false),
        SettingOption<T>.Text("task", "column", DataGroup, "Column that says which task a row belongs to; then one --target is predicted for every task.", s => s.TaskColumn, (s, v) => s with { TaskColumn = v }),
        SettingOption<T>.Character("delimiter", DataGroup, "Field delimiter; found out when not given (tab may be written \\t).", s => s.Delimiter, (s, v) => s with { Delimiter = v }),
        SettingOption<T>.Character("decimal", DataGroup, "Decimal separator.", s => s.Decimal, (s, v) => s with { Decimal = v }, required: true),
        SettingOption<T>.Choice("header", DataGroup, "Whether the file has a header line.", ["auto", "yes", "no"], s => s.Header, (s, v) => s with { Header = v }),
        SettingOption<T>.List("columns", "names", DataGroup, "Column names of a file without a header, separated by commas.", s => s.Columns, (s, v) => s with { Columns = v }),
        SettingOption<T>.Integer("skip-lines", DataGroup, "Lines to skip at the top of the table.", 0, s => s.SkipLines, (s, v) => s with { SkipLines = v }),
        SettingOption<T>.Integer("test-skip-lines", DataGroup, "Lines to skip at the top of the separate test table.", 0, s => s.TestSkipLines, (s, v) => s with { TestSkipLines = v }),
        SettingOption<T>.Character("trim-trailing", DataGroup, "Character to drop from the end of text values.", s => s.TrimTrailing, (s, v) => s with { TrimTrailing = v }),
        SettingOption<T>.List("missing", "markers", DataGroup, "Texts that stand for a missing value.", s => s.Missing, (s, v) => s with { Missing = v }),
        SettingOption<T>.List("numeric", "columns", ColumnsGroup, "Columns to read as numbers.", s => s.Numeric, (s, v) => s with { Numeric = v }),
        SettingOption<T>.List("categorical", "columns", ColumnsGroup, "Columns to read as categories.", s => s.Categorical, (s, v) => s with { Categorical = v }),
        SettingOption<T>.List("drop", "columns", ColumnsGroup, "Columns the model must not see.", s => s.Drop, (s, v) => s with { Drop = v }),
        SettingOption<T>.Integer("min-frequency", ColumnsGroup, "Training rows a category needs to have an id of its own.", 1, s => s.MinFrequency, (s, v) => s with { MinFrequency = v }),
        SettingOption<T>.Text("split", "how", SplitGroup, "random, stratified, column:NAME, group:NAME or rows:FILE (numbers of the test rows).", s => s.Split, (s, v) => s with { Split = v }, required: true),
        SettingOption<T>.Number("validation", SplitGroup, "Fraction of rows for validation.", 0, 0.9, s => s.Validation, (s, v) => s with { Validation = v }),
        SettingOption<T>.Number("test-fraction", SplitGroup, "Fraction of rows for the test.", 0, 0.9, s => s.TestFraction, (s, v) => s with { TestFraction = v }),
        SettingOption<T>.Integer("split-seed", SplitGroup, "Seed of the split.", 0, s => s.SplitSeed, (s, v) => s with { SplitSeed = v }),
    ];
}
