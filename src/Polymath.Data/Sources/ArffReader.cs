using System.Globalization;

namespace Polymath.Data.Sources;

/// <summary>The rows of an ARFF file.</summary>
internal sealed class ArffReader : RowReader
{
    private const string Zero = "0";
    private readonly StreamReader _reader;
    private readonly string _source;
    private readonly string[] _defaults, _fields;
    private readonly List<string> _parts = [];
    private long _line;

    /// <summary>Reads the header.</summary>
    /// <exception cref="TableException">It is not one, or the given column names are not as many.</exception>
    public ArffReader(StreamReader reader, string source, IReadOnlyList<string>? names)
    {
        (_reader, _source) = (reader, source);
        var found = new List<string>();
        var defaults = new List<string>();
        try
        {
            while (!ReadHeaderLine(found, defaults))
            {
            }

            Names = names ?? found;
            if (Names.Count != found.Count) throw Error($"the file declares {found.Count} attributes, expected {Names.Count} as in the given column names");
        }
        catch
        {
            reader.Dispose();
            throw;
        }

        (_defaults, _fields) = ([.. defaults], new string[defaults.Count]);
    }

    public override IReadOnlyList<string> Names { get; }

    public override string PositionWord => "line";

    public override long Position => _line;

    public override bool Read()
    {
        while (_reader.ReadLine() is { } line)
        {
            _line++;
            string text = line.Trim();
            if (text.Length == 0 || text[0] == '%') continue;
            if (text[0] == '{') ReadSparse(text);
            else ReadDense(text);
            return true;
        }

        return false;
    }

    public override bool TryField(int column, out ReadOnlySpan<char> text)
    {
        text = _fields[column];
        return true;
    }

    public override void Dispose() => _reader.Dispose();

    /// <returns>True at @data.</returns>
    private bool ReadHeaderLine(List<string> names, List<string> defaults)
    {
        string line = (_reader.ReadLine() ?? throw Error("the file ends before @data, expected an ARFF header")).Trim();
        _line++;
        if (line.Length == 0 || line[0] == '%') return false;
        int end = line.AsSpan().IndexOfAny(' ', '\t');
        string keyword = end < 0 ? line : line[..end];
        if (Is(keyword, "@relation")) return false;
        if (Is(keyword, "@data")) return names.Count > 0 ? true : throw Error("found @data before any @attribute");
        if (!Is(keyword, "@attribute")) throw Error($"found '{keyword}', expected @relation, @attribute or @data");
        int at = end < 0 ? line.Length : end;
        string name = Token(line, ref at, ' ', '\t', '{'), type = at < line.Length ? line[at..].Trim() : string.Empty;
        if (name.Length == 0 || type.Length == 0) throw Error("found an @attribute without name or type");
        if (type[0] == '{')
        {
            Split(type.Trim().TrimEnd('}')[1..]);
            defaults.Add(_parts.Count > 0 ? _parts[0] : string.Empty);
        }
        else if (Is(type, "relational")) throw Error($"attribute '{name}' is relational, expected numbers, nominal values or text");
        else defaults.Add(Zero);

        names.Add(name);
        return false;
    }

    private void ReadDense(string text)
    {
        Split(text);
        if (_parts.Count != _fields.Length) throw Error($"found {_parts.Count} values, expected {_fields.Length}, one per attribute");
        _parts.CopyTo(_fields);
    }

    // {index value, index value}
    private void ReadSparse(string text)
    {
        if (text[^1] != '}') throw Error("found a sparse row without '}'");
        _defaults.CopyTo(_fields, 0);
        for (int at = 1; at < text.Length - 1;)
        {
            string index = Token(text, ref at, ' ', '\t', '}');
            if (index.Length == 0) break;
            if (!int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out int column) || column >= _fields.Length) throw Error($"found the index '{index}' in a sparse row, expected 0 to {_fields.Length - 1}");
            _fields[column] = Token(text, ref at, ',', '}');
            at++;
        }
    }

    private void Split(string text)
    {
        _parts.Clear();
        for (int at = 0; at <= text.Length; at++) _parts.Add(Token(text, ref at, ','));
    }

    /// <summary>The next value, with or without quotes; afterwards <paramref name="at"/> is at its end or at the character that ended it.</summary>
    private string Token(string text, ref int at, params ReadOnlySpan<char> ends)
    {
        while (at < text.Length && text[at] is ' ' or '\t') at++;
        if (at >= text.Length || text[at] is not ('\'' or '"'))
        {
            int length = text.AsSpan(Math.Min(at, text.Length)).IndexOfAny(ends);
            int end = length < 0 ? text.Length : at + length;
            string plain = at >= text.Length ? string.Empty : text[at..end].Trim();
            at = end;
            return plain;
        }

        char quote = text[at++];
        var value = new System.Text.StringBuilder();
        for (; at < text.Length && text[at] != quote; at++)
        {
            if (text[at] == '\\' && at + 1 < text.Length) at++;
            value.Append(text[at]);
        }

        if (at >= text.Length) throw Error("found a quoted value without its end");
        at++;
        while (at < text.Length && text[at] is ' ' or '\t' && !ends.Contains(text[at])) at++;
        return value.ToString();
    }

    private TableException Error(string problem) => new($"{_source}, line {_line}: {problem}.", _source, _line);

    private static bool Is(string text, string word) => string.Equals(text, word, StringComparison.OrdinalIgnoreCase);
}
