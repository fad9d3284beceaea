namespace Polymath.Data.Runs;

/// <summary>
/// What a run of any kind is told about its data: the table, the targets, and how the rows are divided. The same values come from flags,
/// from YAML and from code; see <see cref="DataOptions"/> for their names, ranges and help.
/// </summary>
public record DataSettings
{
    /// <summary>The training table: a file, <c>sqlite:file.db#table</c> or <c>postgres://...#table</c>.</summary>
    public string Data { get; init; } = string.Empty;

    /// <summary>A separate test table; empty takes the test rows from <see cref="Data"/>.</summary>
    public string Test { get; init; } = string.Empty;

    /// <summary>What to predict: <c>[name=]column[op value][:kind]</c>, one or more.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>The column that says which task a row belongs to; empty when every target is a column.</summary>
    public string TaskColumn { get; init; } = string.Empty;

    /// <summary>Field delimiter; empty finds it out.</summary>
    public string Delimiter { get; init; } = string.Empty;

    /// <summary>Decimal separator.</summary>
    public string Decimal { get; init; } = ".";

    /// <summary><c>auto</c>, <c>yes</c> or <c>no</c>.</summary>
    public string Header { get; init; } = "auto";

    /// <summary>Column names for a file without a header.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Lines to skip at the top of the training file.</summary>
    public int SkipLines { get; init; }

    /// <summary>Lines to skip at the top of the test file.</summary>
    public int TestSkipLines { get; init; }

    /// <summary>A character dropped from the end of text values, such as the dot in some test files.</summary>
    public string TrimTrailing { get; init; } = string.Empty;

    /// <summary>What stands for a missing value.</summary>
    public IReadOnlyList<string> Missing { get; init; } = ["", "NA", "N/A", "NaN", "null", "?"];

    /// <summary>Columns to read as numbers.</summary>
    public IReadOnlyList<string> Numeric { get; init; } = [];

    /// <summary>Columns to read as categories.</summary>
    public IReadOnlyList<string> Categorical { get; init; } = [];

    /// <summary>Columns the model does not see.</summary>
    public IReadOnlyList<string> Drop { get; init; } = [];

    /// <summary>Training rows a category needs to have an id of its own.</summary>
    public int MinFrequency { get; init; } = 2;

    /// <summary><c>random</c>, <c>stratified</c>, <c>column:NAME</c>, <c>group:NAME</c> or <c>rows:FILE</c>.</summary>
    public string Split { get; init; } = "random";

    /// <summary>Fraction of rows for validation.</summary>
    public double Validation { get; init; } = 0.1;

    /// <summary>Fraction of rows for the test, when no test table or column says.</summary>
    public double TestFraction { get; init; } = 0.2;

    /// <summary>Seed of the split; the same for every training seed unless changed.</summary>
    public int SplitSeed { get; init; }

    /// <summary>How a file of these settings is read.</summary>
    /// <param name="skipLines">Lines to skip at its top.</param>
    public virtual ReadOptions ReadOptions(int skipLines) => new()
    {
        Delimiter = Delimiter.Length == 0 ? null : Delimiter[0],
        DecimalSeparator = Decimal.Length == 0 ? '.' : Decimal[0],
        Header = Header switch { "yes" => true, "no" => false, _ => null },
        ColumnNames = Columns.Count == 0 ? null : Columns,
        SkipLines = skipLines,
        TrimTrailing = TrimTrailing.Length == 0 ? null : TrimTrailing[0],
        MissingMarkers = Missing,
        NumericColumns = Numeric,
        CategoricalColumns = Categorical,
    };
}
