using System.Text;

namespace Polymath.Data;

/// <summary>The columns of a table with their kinds, missing counts and ranges; <see cref="ToString"/> prints it.</summary>
/// <example><code>
/// Console.WriteLine(Table.ReadCsv("census.csv").Schema);
/// </code></example>
public sealed class TableSchema
{
    internal TableSchema(Table table)
    {
        Rows = table.Rows;
        Columns = [.. table.Columns.Select(ColumnSummary.Of)];
    }

    /// <summary>Rows of the table.</summary>
    public int Rows { get; }

    /// <summary>One summary per column, in table order.</summary>
    public IReadOnlyList<ColumnSummary> Columns { get; }

    /// <summary>An aligned text table: name, kind, missing, distinct, values.</summary>
    public override string ToString()
    {
        string[] heads = ["column", "kind", "missing", "distinct", "values"];
        string[][] cells = [heads, .. Columns.Select(column => new[] { column.Name, column.Lists is null ? column.Kind.ToString().ToLowerInvariant() : "list", column.Missing.ToString(), column.Distinct.ToString(), column.Values })];
        int[] widths = [.. Enumerable.Range(0, heads.Length).Select(field => cells.Max(row => row[field].Length))];
        var text = new StringBuilder();
        foreach (string[] row in cells)
        {
            for (int field = 0; field < row.Length - 1; field++)
            {
                bool number = field is 2 or 3;
                text.Append(number ? row[field].PadLeft(widths[field]) : row[field].PadRight(widths[field])).Append("  ");
            }

            text.Append(row[^1]).Append('\n');
        }

        return text.Append(Rows).Append(" rows, ").Append(Columns.Count).Append(" columns").ToString();
    }
}
