using System.Globalization;

namespace Polymath.Data;

/// <summary>
/// A target settled on the training rows: its kind and its classes. Turns a table's column into floats: class numbers, 0 and 1,
/// or the number itself (before any <see cref="TargetScale"/>); NaN where the source is missing.
/// </summary>
public sealed class TargetEncoding
{
    private readonly Dictionary<string, int> _classOf = new(StringComparer.Ordinal);

    internal TargetEncoding(TargetColumn definition, TargetKind kind, IReadOnlyList<string> classes, ColumnKind sourceKind)
    {
        SourceKind = sourceKind;
        Definition = definition;
        Kind = kind;
        Classes = classes;
        for (int i = 0; i < classes.Count; i++) _classOf[classes[i]] = i;
    }

    /// <summary>The target as written, with its kind settled.</summary>
    public TargetColumn Definition { get; }

    /// <summary>The kind, never <see cref="TargetKind.Auto"/>.</summary>
    public TargetKind Kind { get; }

    /// <summary>Class labels in code order (binary: negative, positive); empty for regression and count.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>What the source column held in training.</summary>
    internal ColumnKind SourceKind { get; }

    /// <summary>Settles kind and classes on some rows of a table.</summary>
    /// <exception cref="TableException">Unknown column, constant or all missing, labels that do not fit the kind.</exception>
    public static TargetEncoding Fit(TargetColumn target, Table table, ReadOnlySpan<int> rows) => TargetFitter.Fit(target, table, rows);

    /// <summary>Encodes the given rows.</summary>
    /// <param name="table">A table with the target's column.</param>
    /// <param name="rows">Row numbers.</param>
    /// <param name="values">Receives one value per row; NaN where missing.</param>
    /// <exception cref="TableException">A class does not occur in the training rows, or a value does not fit the kind.</exception>
    public void Encode(Table table, ReadOnlySpan<int> rows, Span<float> values)
    {
        ArgumentNullException.ThrowIfNull(table);
        Column column = TargetFitter.ColumnOf(Definition, table);
        if (Definition.Operator != TargetOperator.None) Compare(table, column, rows, values);
        else if (Classes.Count > 0) EncodeClasses(table, column, rows, values);
        else EncodeNumbers(table, column, rows, values);
    }

    private void EncodeClasses(Table table, Column column, ReadOnlySpan<int> rows, Span<float> values)
    {
        // Texts are looked up once per category, numbers once per distinct value.
        float[] ofCode = column is CategoricalColumn categories ? [.. categories.Categories.Select(ClassOf)] : [];
        var ofNumber = new Dictionary<float, float>();
        for (int i = 0; i < rows.Length; i++)
        {
            int row = rows[i];
            if (column.IsMissing(row))
            {
                values[i] = float.NaN;
                continue;
            }

            float code = column switch
            {
                CategoricalColumn categorical => ofCode[categorical.Codes[row]],
                NumericColumn numeric when ofNumber.TryGetValue(numeric.Values[row], out float known) => known,
                NumericColumn numeric => ofNumber[numeric.Values[row]] = ClassOf(column.Text(row)!),
                _ => ClassOf(column.Text(row)!),
            };
            if (float.IsNaN(code)) throw UnseenClass(table, column, row, rows.Length < table.Rows);
            values[i] = code;
        }
    }

    private float ClassOf(string label) => _classOf.TryGetValue(label, out int known) ? known : float.NaN;

    private void EncodeNumbers(Table table, Column column, ReadOnlySpan<int> rows, Span<float> values)
    {
        ReadOnlySpan<float> numbers = TargetFitter.Numbers(Definition, Kind, table, column);
        for (int i = 0; i < rows.Length; i++)
        {
            values[i] = numbers[rows[i]];
            if (Kind == TargetKind.Count && values[i] < 0)
                throw new TableException($"{table.Source}, row {rows[i] + 1}, column '{column.Name}': found {column.Text(rows[i])}, expected a count of 0 or more for target '{Definition.Name}'.", table.Source, column: column.Name);
        }
    }

    private void Compare(Table table, Column column, ReadOnlySpan<int> rows, Span<float> values)
    {
        TargetOperator comparison = Definition.Operator;
        bool ordering = comparison is not (TargetOperator.Equal or TargetOperator.NotEqual);
        string value = Definition.Value!;
        double limit = double.NaN;
        long ticks = DateColumn.MissingTicks;
        bool understood = column switch
        {
            NumericColumn => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out limit),
            DateColumn => DateColumn.TryParse(value, out ticks),
            _ => !ordering,
        };
        if (!understood)
        {
            string expected = column.Kind switch { ColumnKind.Numeric => "a number", ColumnKind.Date => "an ISO date", _ => "== or !=, because the column holds text" };
            throw new TableException($"{table.Source}, column '{column.Name}': target '{Definition.Name}' compares with '{value}', expected {expected}.", table.Source, column: column.Name);
        }

        float threshold = (float)limit;   // rounded as the column is, so that x == 0.1 can be true
        for (int i = 0; i < rows.Length; i++)
        {
            int row = rows[i];
            if (column.IsMissing(row))
            {
                values[i] = float.NaN;
                continue;
            }

            int order = column switch
            {
                NumericColumn numeric => numeric.Values[row].CompareTo(threshold),
                DateColumn date => date.Ticks[row].CompareTo(ticks),
                _ => string.Equals(column.Text(row), value, StringComparison.Ordinal) ? 0 : 1,
            };
            values[i] = Holds(comparison, order) ? 1f : 0f;
        }
    }

    private static bool Holds(TargetOperator comparison, int order) => comparison switch
    {
        TargetOperator.Equal => order == 0,
        TargetOperator.NotEqual => order != 0,
        TargetOperator.Greater => order > 0,
        TargetOperator.GreaterOrEqual => order >= 0,
        TargetOperator.Less => order < 0,
        _ => order <= 0,
    };

    // A part of a table was split off, and another split can help; a whole table, such as one to evaluate on, came as it is.
    private TableException UnseenClass(Table table, Column column, int row, bool split)
    {
        string number = column is NumericColumn ? $"train it as a number with {column.Name}:regression, " : string.Empty, remedy = split ? "split stratified or remove the rows" : "remove the rows or leave their labels empty";
        return new TableException($"{table.Source}, row {row + 1}, column '{column.Name}': class '{column.Text(row)}' of target '{Definition.Name}' does not occur in the training rows, expected one of {TargetFitter.List(Classes)}; {number}{remedy}.", table.Source, column: column.Name);
    }
}
