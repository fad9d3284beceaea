using System.Globalization;
using nietras.SeparatedValues;

namespace Polymath.Data.Sources;

/// <summary>Rows of a delimited text file, checked for an equal number of fields.</summary>
internal sealed class CsvRowReader : RowReader
{
    private readonly CsvSource _source;
    private readonly StreamReader _text;
    private readonly SepReader _rows;
    private readonly CsvField _field;
    private readonly int _skipped;
    private readonly bool _quotes;
    private bool _firstRowPending;
    private bool _quoted;
    private long _read;

    public CsvRowReader(CsvSource source, ReadOptions options, char delimiter)
    {
        _source = source;
        _skipped = options.SkipLines;
        _quotes = options.Quotes;
        _field = new CsvField(delimiter, options.Trim && delimiter != ' ');
        _text = source.OpenText();
        try
        {
            for (int i = 0; i < options.SkipLines; i++) _text.ReadLine();
            _rows = Sep.New(delimiter).Reader(reader => reader with { HasHeader = false, DisableColCountCheck = true, DisableQuotesParsing = !options.Quotes }).From(_text);
            if (!Advance()) throw new TableException($"{source.Name}: the file is empty, expected a header and rows.", source.Name);
            Names = ReadNames(options);
            if (options.Header is null && options.ColumnNames is null && !_firstRowPending && !Counts(Names)) GuessedHeader = Position;
        }
        catch
        {
            _rows?.Dispose();
            _text.Dispose();
            throw;
        }
    }

    public override IReadOnlyList<string> Names { get; }

    public override long? GuessedHeader { get; }

    public override string PositionWord => "line";

    public override long Position => _rows.Current.LineNumberToExcl - 1L + _skipped;

    public override long? Remaining
    {
        get
        {
            double done = CsvSource.Progress(_text);
            return done > 0 ? (long)(_read * (1 - done) / done) : null;
        }
    }

    public override bool Read()
    {
        if (_firstRowPending) _firstRowPending = false;
        else if (!Advance()) return false;
        int count = _rows.Current.ColCount;
        if (count != Names.Count) throw WrongCount(count);
        return true;
    }

    public override bool TryField(int column, out ReadOnlySpan<char> text)
    {
        text = _field.Trim(_rows.Current[column].Span);
        if (_quoted) text = Unquote(text);
        return true;
    }

    public override void Dispose()
    {
        _rows.Dispose();
        _text.Dispose();
    }

    private static string Fields(int count) => count == 1 ? "1 field" : $"{count} fields";

    /// <summary>Moves to the next line that is not empty.</summary>
    private bool Advance()
    {
        long line = _skipped + _rows.Current.LineNumberToExcl;
        try
        {
            do
            {
                if (!_rows.MoveNext()) return false;
            }
            while (_rows.Current.ColCount == 1 && _rows.Current[0].Span.IsEmpty);
        }
        catch (NotSupportedException cause)
        {
            // The parser gives up on a row of 16 million characters.
            throw _quotes ? Unclosed(line, cause) : new TableException($"{_source.Name}, line {line}: the line is longer than 16 million characters, expected shorter lines.", _source.Name, line, inner: cause);
        }
        catch (Exception cause) when (_source.Explain(cause) is { } explained)
        {
            throw explained;
        }

        _read++;
        _quoted = _quotes && _rows.Current.Span.Contains('"');
        return true;
    }

    private ReadOnlySpan<char> Unquote(ReadOnlySpan<char> raw) => _field.Unquote(raw, out ReadOnlySpan<char> text) switch
    {
        CsvQuoting.Stray => throw Stray(raw),
        CsvQuoting.Unclosed => throw Unclosed(_rows.Current.LineNumberFrom + _skipped, null),
        _ => text,
    };

    private string Text(int column)
    {
        _ = TryField(column, out ReadOnlySpan<char> text);
        return text.ToString();
    }

    private TableException WrongCount(int count)
    {
        for (int i = 0; i < count; i++) _ = TryField(i, out _);   // a bad quote, the likelier cause, is reported on access
        string remedy = count > Names.Count ? "quote fields that hold the delimiter" : "fill the missing fields with empty ones";
        return new TableException($"{_source.Name}, line {Position}: found {Fields(count)}, expected {Names.Count}; {remedy}.", _source.Name, Position);
    }

    private TableException Stray(ReadOnlySpan<char> raw)
    {
        long line = _rows.Current.LineNumberFrom + _skipped;
        return new TableException($"{_source.Name}, line {line}: found a stray quote in the field '{_field.Visible(raw)}'; double the quote and quote the field, or read the file with quotes as ordinary characters.", _source.Name, line);
    }

    private TableException Unclosed(long line, Exception? cause) =>
        new($"{_source.Name}, line {line}: a quoted field is not closed; close the quote, double it, or read the file with quotes as ordinary characters.", _source.Name, line, inner: cause);

    private string[] ReadNames(ReadOptions options)
    {
        string[] first = [.. Enumerable.Range(0, _rows.Current.ColCount).Select(Text)];
        bool header = options.Header ?? (options.ColumnNames is null && !LooksLikeData(first));
        _firstRowPending = !header;
        if (options.ColumnNames is { } given)
        {
            if (given.Count != first.Length) throw new TableException($"{_source.Name}, line {Position}: found {Fields(first.Length)}, expected {given.Count} as in the given column names.", _source.Name, Position);
            CheckDistinct([.. given], "the given column names");
            return [.. given];
        }

        string[] names = new string[first.Length];
        for (int i = 0; i < names.Length; i++)
        {
            string name = header ? first[i].Trim() : string.Empty;
            names[i] = name.Length > 0 ? name : $"c{i + 1}";
        }

        CheckDistinct(names, $"the header (line {Position})");
        return names;
    }

    private void CheckDistinct(string[] names, string where)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++)
        {
            if (!seen.TryAdd(names[i], i))
                throw new TableException($"{_source.Name}: columns {seen[names[i]] + 1} and {i + 1} are both named '{names[i]}' in {where}, expected distinct names; if the file has no header, give the column names.", _source.Name, column: names[i]);
        }
    }

    /// <summary>All numbers, unless they count 0, 1, 2, ...: tools that number unnamed columns write that as a header.</summary>
    private static bool LooksLikeData(string[] first)
    {
        foreach (string field in first)
        {
            if (!float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out _)) return false;
        }

        return !Counts(first);
    }

    private static bool Counts(IReadOnlyList<string> fields)
    {
        for (int i = 0; i < fields.Count; i++)
        {
            if (fields[i] != i.ToString(CultureInfo.InvariantCulture)) return false;
        }

        return true;
    }
}
