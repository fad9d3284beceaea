using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Polymath.Data.Sources;

/// <summary>Rows of a delimited text file, checked for an equal number of fields.</summary>
internal sealed class CsvRowReader : RowReader
{
    private const int LongestField = 1 << 20;   // a quote that is never closed would otherwise swallow the rest of the file
    private readonly CsvSource _source;
    private readonly StreamReader _text;
    private readonly CsvParser _parser;
    private readonly int _skipped;
    private bool _firstRowPending;
    private long _previousPosition;

    public CsvRowReader(CsvSource source, ReadOptions options, char delimiter)
    {
        _source = source;
        _skipped = options.SkipLines;
        _text = source.OpenText();
        try
        {
            for (int i = 0; i < options.SkipLines; i++) _text.ReadLine();
            var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
            {
                Delimiter = delimiter.ToString(),
                HasHeaderRecord = false,
                IgnoreBlankLines = true,
                Mode = options.Quotes ? CsvMode.RFC4180 : CsvMode.NoEscape,
                TrimOptions = options.Trim && delimiter != ' ' ? TrimOptions.Trim : TrimOptions.None,
                WhiteSpaceChars = delimiter == '\t' ? [' '] : [' ', '\t'],
                BufferSize = 1 << 16,
                MaxFieldSize = LongestField,
                BadDataFound = found => throw BadQuote(found.Field),
            };
            _parser = new CsvParser(_text, configuration);
            if (!Advance()) throw new TableException($"{source.Name}: the file is empty, expected a header and rows.", source.Name);
            Names = ReadNames(options);
        }
        catch
        {
            _parser?.Dispose();
            _text.Dispose();
            throw;
        }
    }

    public override IReadOnlyList<string> Names { get; }

    public override string PositionWord => "line";

    public override long Position => _parser.RawRow + _skipped;

    public override bool Read()
    {
        if (_firstRowPending)
        {
            _firstRowPending = false;
        }
        else if (!Advance())
        {
            return false;
        }

        if (_parser.Count != Names.Count)
        {
            for (int i = 0; i < _parser.Count; i++) _ = _parser[i];   // a bad quote, the likelier cause, is reported on access
            string remedy = _parser.Count > Names.Count ? "quote fields that hold the delimiter" : "fill the missing fields with empty ones";
            throw new TableException($"{_source.Name}, line {Position}: found {Fields(_parser.Count)}, expected {Names.Count}; {remedy}.", _source.Name, Position);
        }

        return true;
    }

    public override string? Field(int column) => _parser[column];

    public override void Dispose()
    {
        _parser.Dispose();
        _text.Dispose();
    }

    private static string Fields(int count) => count == 1 ? "1 field" : $"{count} fields";

    private bool Advance()
    {
        _previousPosition = _parser.Row == 0 ? _skipped : Position;
        try
        {
            return _parser.Read();
        }
        catch (MaxFieldSizeException)
        {
            throw BadQuote("\"");
        }
        catch (Exception cause) when (cause is not TableException && _source.Explain(cause) is { } explained)
        {
            throw explained;
        }
    }

    private TableException BadQuote(string field)
    {
        long line = _previousPosition + 1;
        return field.StartsWith('"') && (field.Length == 1 || field.Contains('\n'))
            ? new TableException($"{_source.Name}, line {line}: a quoted field is not closed; close the quote, double it, or read the file with quotes as ordinary characters.", _source.Name, line)
            : new TableException($"{_source.Name}, line {line}: found a stray quote in the field '{field.Trim()}'; double the quote and quote the field, or read the file with quotes as ordinary characters.", _source.Name, line);
    }

    private string[] ReadNames(ReadOptions options)
    {
        string[] first = _parser.Record ?? [];
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
        bool counts = true;
        for (int i = 0; i < first.Length; i++)
        {
            if (!float.TryParse(first[i], NumberStyles.Float, CultureInfo.InvariantCulture, out _)) return false;
            counts &= first[i] == i.ToString(CultureInfo.InvariantCulture);
        }

        return !counts;
    }
}
