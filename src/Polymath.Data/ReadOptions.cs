namespace Polymath.Data;

/// <summary>How a table is read. The defaults suit a UTF-8 CSV or TSV file with a header, gzip-compressed or not.</summary>
public sealed record ReadOptions
{
    /// <summary>The defaults.</summary>
    public static ReadOptions Default { get; } = new();

    /// <summary>Field delimiter; null detects one of comma, semicolon, tab and bar from the first lines. A tab or a printable ASCII character other than a quote and '#'.</summary>
    public char? Delimiter { get; init; }

    /// <summary>Decimal separator: '.' or ','. Thousands separators are not read.</summary>
    public char DecimalSeparator { get; init; } = '.';

    /// <summary>Whether the first line holds names; null means: no when <see cref="ColumnNames"/> is given or every field of the line is a number (but not 0, 1, 2, ... in order), else yes.</summary>
    public bool? Header { get; init; }

    /// <summary>Names for all columns, in order (replaces the header, if there is one). Unnamed columns of a file without header are c1, c2, ...</summary>
    public IReadOnlyList<string>? ColumnNames { get; init; }

    /// <summary>Lines to pass over before the header.</summary>
    public int SkipLines { get; init; }

    /// <summary>Texts that mean "missing", compared after trimming and without case.</summary>
    public IReadOnlyList<string> MissingMarkers { get; init; } = ["", "NA", "N/A", "NaN", "null", "?"];

    /// <summary>Removes blanks around unquoted fields ("39, State-gov").</summary>
    public bool Trim { get; init; } = true;

    /// <summary>Fields may be quoted (RFC 4180); false reads quotes as ordinary characters.</summary>
    public bool Quotes { get; init; } = true;

    /// <summary>A character removed from the end of categorical texts, such as the '.' of "&gt;50K."; null removes nothing.</summary>
    public char? TrimTrailing { get; init; }

    /// <summary>Columns that must be numeric: any other text is an error that names the line.</summary>
    public IReadOnlyList<string> NumericColumns { get; init; } = [];

    /// <summary>Columns that are categories although they look like numbers or dates. Name the task column here when its labels are long numbers.</summary>
    public IReadOnlyList<string> CategoricalColumns { get; init; } = [];

    /// <summary>Columns that must be ISO dates.</summary>
    public IReadOnlyList<string> DateColumns { get; init; } = [];

    /// <summary>Columns that are not loaded.</summary>
    public IReadOnlyList<string> DropColumns { get; init; } = [];

    /// <summary>When given, the only columns that are loaded.</summary>
    public IReadOnlyList<string>? OnlyColumns { get; init; }

    /// <summary>Checks the ranges of the options.</summary>
    /// <exception cref="TableException">An option is out of range or two options contradict each other.</exception>
    internal void Validate()
    {
        if (DecimalSeparator is not ('.' or ',')) throw new TableException($"decimal separator '{DecimalSeparator}': expected '.' or ','.");
        if (Delimiter == DecimalSeparator && DecimalSeparator == ',') throw new TableException("delimiter and decimal separator are both ',': choose another delimiter.");
        if (Delimiter is '"' or '\r' or '\n') throw new TableException("the delimiter cannot be a quote or a line break.");
        if (Delimiter is { } delimiter && delimiter != '\t' && (delimiter is < ' ' or > '~' or '#')) throw new TableException($"delimiter U+{(int)delimiter:X4}: expected a tab or an ASCII character from ' ' to '~' other than '#'.");
        if (SkipLines < 0) throw new TableException($"skip lines: found {SkipLines}, expected 0 or more.");
        if (ColumnNames is { Count: 0 }) throw new TableException("column names: the list is empty, expected one name per column.");
    }
}
