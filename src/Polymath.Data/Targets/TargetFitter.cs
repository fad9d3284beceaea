using Polymath.Data.Sources;

namespace Polymath.Data;

/// <summary>Decides kind and classes of a target from training rows, and refuses targets nothing can be learned from.</summary>
internal static class TargetFitter
{
    private const int MostClassesOfNumbers = 20;

    // Pairs whose order is a convention; any other pair is ordered ordinally, the second being positive.
    private static readonly (string Negative, string Positive)[] KnownPairs =
        [("no", "yes"), ("n", "y"), ("false", "true"), ("f", "t"), ("negative", "positive"), ("neg", "pos"), ("0", "1"), ("-1", "1"), ("off", "on")];

    public static TargetEncoding Fit(TargetColumn target, Table table, ReadOnlySpan<int> rows)
    {
        Column column = ColumnOf(target, table);
        if (target.Operator != TargetOperator.None) return FitExpression(target, table, column, rows);
        List<string> labels = DistinctLabels(column, rows, out int observed);
        if (observed == 0) throw Refuse(target, table, $"is missing in all {rows.Length} training rows, expected some values");
        if (labels.Count == 1) throw Refuse(target, table, $"is constant ('{labels[0]}' in all {observed} observed training rows), expected at least two values");
        TargetKind kind = target.Kind == TargetKind.Auto ? Infer(column, labels) : target.Kind;
        string[] classes = kind switch
        {
            TargetKind.Binary => BinaryClasses(target, table, column, labels),
            TargetKind.Multiclass => [.. labels],
            _ => [],
        };
        if (classes.Length == 0) _ = Numbers(target, kind, table, column);
        return new TargetEncoding(target with { Kind = kind }, kind, classes, column.Kind);
    }

    public static Column ColumnOf(TargetColumn target, Table table)
    {
        if (table.TryGetColumn(target.Column, out Column? column)) return column;
        int colon = target.Column.LastIndexOf(':');
        if (colon > 0 && table.TryGetColumn(target.Column[..colon], out _))
        {
            string word = target.Column[(colon + 1)..];
            throw new TableException($"{table.Source}: target '{target.Column}' names the kind '{word}'{Suggestion.Tail(word, TargetColumn.KindNames)}", table.Source, column: target.Column[..colon]);
        }

        throw table.UnknownColumn(target.Column, "target column");
    }

    public static ReadOnlySpan<float> Numbers(TargetColumn target, TargetKind kind, Table table, Column column)
    {
        if (column is NumericColumn numeric) return numeric.Values;
        if (column.CountMissing() == column.Rows) return Missing(column.Rows);
        throw Refuse(target, table, $"is {kind.ToString().ToLowerInvariant()} but {NotNumbers(column)}");
    }

    public static string List(IReadOnlyList<string> classes) =>
        string.Join(", ", classes.Take(MostClassesOfNumbers).Select(label => $"'{label}'")) + (classes.Count > MostClassesOfNumbers ? ", ..." : string.Empty);

    /// <summary>Why a column holds no numbers: the first text that is none.</summary>
    private static string NotNumbers(Column column)
    {
        // The separator that explains more of the texts is the one they were written with.
        (int point, int pointRow) = NoNumbers(column, '.');
        (int comma, int commaRow) = NoNumbers(column, ',');
        if (point == 0) return "is read as categories, expected numbers; do not declare it categorical";
        if (comma == 0) return $"holds numbers with a decimal comma such as '{column.Text(pointRow)}' (row {pointRow + 1}); read them with the decimal separator ',' (--decimal ,)";
        int row = point <= comma ? pointRow : commaRow;
        return $"holds {column.Kind.ToString().ToLowerInvariant()} values such as '{column.Text(row)}' (row {row + 1}), expected numbers";
    }

    private static (int Count, int FirstRow) NoNumbers(Column column, char separator)
    {
        (int count, int first) = (0, -1);
        for (int row = 0; row < column.Rows; row++)
        {
            if (column.Text(row) is not { } text || NumericBuilder.TryParse(text, separator, out _)) continue;
            if (count++ == 0) first = row;
        }

        return (count, first);
    }

    private static float[] Missing(int rows)
    {
        var values = new float[rows];
        Array.Fill(values, float.NaN);
        return values;
    }

    private static TargetEncoding FitExpression(TargetColumn target, Table table, Column column, ReadOnlySpan<int> rows)
    {
        var encoding = new TargetEncoding(target, TargetKind.Binary, ["false", "true"], column.Kind);
        var values = new float[rows.Length];
        encoding.Encode(table, rows, values);
        int positive = values.Count(value => value == 1), negative = values.Count(value => value == 0);
        if (positive + negative == 0) throw Refuse(target, table, $"is missing in all {rows.Length} training rows, expected some values");
        if (positive > 0 && negative > 0) return encoding;
        bool unknownValue = column is CategoricalColumn categorical && !categorical.Categories.Contains(target.Value!);
        if (unknownValue)
        {
            string[] known = [.. ((CategoricalColumn)column).Categories];
            throw new TableException($"{table.Source}, column '{column.Name}': target '{target.Name}' compares with '{target.Value}', which does not occur{Suggestion.Tail(target.Value!, known)}", table.Source, column: column.Name);
        }

        throw Refuse(target, table, $"is constant ({(positive > 0 ? "true" : "false")} in all {positive + negative} observed training rows), expected both true and false");
    }

    private static TargetKind Infer(Column column, List<string> labels)
    {
        if (labels.Count == 2) return TargetKind.Binary;
        if (column is not NumericColumn numeric) return TargetKind.Multiclass;
        bool fractions = false;
        foreach (float value in numeric.Values) fractions |= !float.IsNaN(value) && value != MathF.Truncate(value);
        return fractions || labels.Count > MostClassesOfNumbers ? TargetKind.Regression : TargetKind.Multiclass;
    }

    private static string[] BinaryClasses(TargetColumn target, Table table, Column column, List<string> labels)
    {
        if (column is NumericColumn)
        {
            if (labels is ["0", "1"]) return ["0", "1"];
            string other = labels.First(label => label is not ("0" or "1"));
            throw Refuse(target, table, $"is binary but holds {other}, expected only 0 and 1; write a comparison such as {target.Column}=={labels[^1]}");
        }

        if (labels.Count != 2) throw Refuse(target, table, $"is binary but has {labels.Count} classes ({List(labels)}), expected two; use multiclass or a comparison such as {target.Column}=={labels[0]}");
        foreach ((string negative, string positive) in KnownPairs)
        {
            if (Is(labels[0], positive) && Is(labels[1], negative)) return [labels[1], labels[0]];
        }

        return [.. labels];
    }

    private static bool Is(string label, string word) => label.Trim().Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>Distinct labels in class order: numbers by value, texts ordinally.</summary>
    private static List<string> DistinctLabels(Column column, ReadOnlySpan<int> rows, out int observed)
    {
        observed = 0;
        if (column is NumericColumn numeric)
        {
            var numbers = new HashSet<float>();
            foreach (int row in rows)
            {
                if (column.IsMissing(row)) continue;
                observed++;
                numbers.Add(numeric.Values[row] == 0 ? 0f : numeric.Values[row]);
            }

            return [.. numbers.Order().Select(NumericColumn.Format)];
        }

        var texts = new HashSet<string>(StringComparer.Ordinal);
        if (column is CategoricalColumn categorical)
        {
            ReadOnlySpan<int> codes = categorical.Codes;
            var occurs = new bool[categorical.Categories.Count];
            foreach (int row in rows)
            {
                if (codes[row] < 0) continue;
                observed++;
                occurs[codes[row]] = true;
            }

            texts.UnionWith(categorical.Categories.Where((_, code) => occurs[code]));
            return [.. texts.Order(StringComparer.Ordinal)];
        }

        foreach (int row in rows)
        {
            if (column.Text(row) is not { } text) continue;
            observed++;
            texts.Add(text);
        }

        return [.. texts.Order(StringComparer.Ordinal)];
    }

    private static TableException Refuse(TargetColumn target, Table table, string reason) =>
        new($"{table.Source}, column '{target.Column}': target '{target.Name}' {reason}.", table.Source, column: target.Column);
}
