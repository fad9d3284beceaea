using System.Globalization;
using System.Text;

namespace Polymath.Data;

/// <summary>Writes tables as CSV: invariant culture, floats that read back to the same bits, quotes only where needed, missing as an empty field.</summary>
/// <example><code>
/// CsvTableWriter.Write(table, "copy.csv");
/// </code></example>
public sealed class CsvTableWriter
{
    private const int FloatLength = 32;
    private readonly TextWriter _writer;
    private readonly char _delimiter;
    private int _columns = -1;

    /// <summary>A writer that leaves <paramref name="writer"/> open.</summary>
    public CsvTableWriter(TextWriter writer, char delimiter = ',')
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (delimiter is '"' or '\r' or '\n') throw new ArgumentOutOfRangeException(nameof(delimiter), "the delimiter cannot be a quote or a line break");
        _writer = writer;
        _delimiter = delimiter;
    }

    /// <summary>Writes a whole table to a file: to a temporary name first, flushed to disk, then renamed.</summary>
    /// <exception cref="TableException">The file cannot be written.</exception>
    public static void Write(Table table, string path, char delimiter = ',')
    {
        ArgumentNullException.ThrowIfNull(table);
        DataFile.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
            var csv = new CsvTableWriter(writer, delimiter);
            csv.WriteHeader(table.ColumnNames);
            csv.WriteRows(table);
        });
    }

    /// <summary>Writes the line with the names.</summary>
    public void WriteHeader(params IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        _columns = names.Count;
        for (int i = 0; i < names.Count; i++)
        {
            if (i > 0) _writer.Write(_delimiter);
            WriteText(names[i]);
        }

        _writer.Write('\n');
    }

    /// <summary>Writes all rows of a table; may be called again with the next chunk.</summary>
    /// <exception cref="ArgumentException">The table has another number of columns than the header.</exception>
    public void WriteRows(Table table)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (_columns >= 0 && table.Columns.Count != _columns) throw new ArgumentException($"the table has {table.Columns.Count} columns, expected {_columns} as in the header", nameof(table));
        for (int row = 0; row < table.Rows; row++)
        {
            for (int i = 0; i < table.Columns.Count; i++)
            {
                if (i > 0) _writer.Write(_delimiter);
                Column column = table.Columns[i];
                if (column.IsMissing(row)) WriteMissing(table.Columns.Count);
                else if (column is NumericColumn numeric) WriteNumber(numeric.Values[row]);
                else WriteText(column.Text(row)!);
            }

            _writer.Write('\n');
        }
    }

    // A line that is empty altogether would be passed over on reading.
    private void WriteMissing(int columns)
    {
        if (columns == 1) _writer.Write("\"\"");
    }

    private void WriteNumber(float value)
    {
        Span<char> text = stackalloc char[FloatLength];
        value.TryFormat(text, out int length, "R", CultureInfo.InvariantCulture);
        if (_delimiter is '.' or '-' or '+' or 'E' || char.IsAsciiDigit(_delimiter)) WriteText(text[..length].ToString());
        else _writer.Write(text[..length]);
    }

    private void WriteText(string text)
    {
        bool quote = text.Length == 0 || text.AsSpan().IndexOfAny('"', '\r', '\n') >= 0 || text.Contains(_delimiter) || char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]);
        if (!quote)
        {
            _writer.Write(text);
            return;
        }

        _writer.Write('"');
        _writer.Write(text.Replace("\"", "\"\"", StringComparison.Ordinal));
        _writer.Write('"');
    }
}
