using Polymath.Data;

namespace Polymath.Cli;

/// <summary>The columns of a table.</summary>
internal static class TableInspection
{
    public static void Write(Table table, Terminal terminal, bool json)
    {
        TableSchema schema = table.Schema;
        if (json) WriteJson(table, schema, terminal.Output);
        else
        {
            var text = new TextTable("column", "kind", ">missing", ">distinct", "values");
            foreach (ColumnSummary column in schema.Columns) text.Add(column.Name, Kind(column), TextTable.Count(column.Missing), TextTable.Count(column.Distinct), column.Values);
            text.Write(terminal);
            terminal.Output.WriteLine();
            terminal.Output.WriteLine($"{TextTable.Count(schema.Rows)} rows, {TextTable.Count(schema.Columns.Count)} columns");
        }
    }

    private static void WriteJson(Table table, TableSchema schema, TextWriter output) => JsonText.Write(output, json =>
    {
        json.WriteStartObject();
        json.WriteString("source", table.Source);
        json.WriteNumber("rows", schema.Rows);
        json.WriteStartArray("columns");
        foreach (ColumnSummary column in schema.Columns)
        {
            json.WriteStartObject();
            json.WriteString("name", column.Name);
            json.WriteString("kind", Kind(column));
            json.WriteNumber("missing", column.Missing);
            json.WriteNumber("distinct", column.Distinct);
            if (column.Kind == ColumnKind.Numeric)
            {
                json.Number("minimum", column.Minimum);
                json.Number("maximum", column.Maximum);
                json.Number("mean", column.Mean);
            }
            else if (column.Lists is { } lists)
            {
                json.WriteNumber("items", lists.Items);
                json.WriteNumber("longest", lists.Longest);
                json.Number("mean", lists.MeanLength);
            }
            else
            {
                json.Strings("top", column.Top.Select(top => top.Value));
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static string Kind(ColumnSummary column) => column.Lists is not null ? "list" : column.Kind.ToString().ToLowerInvariant();
}
