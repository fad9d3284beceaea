using System.Buffers;

namespace Polymath.Data.Sources;

/// <summary>What lies between two delimiters, taken to the text it means: blanks around it and quotes removed.</summary>
internal sealed class CsvField(char delimiter, bool trim)
{
    private const int LongestQuoted = 1 << 20;   // a quote that is never closed would otherwise swallow the rest of the file
    private readonly SearchValues<char> _ends = SearchValues.Create([delimiter, '\r', '\n']);
    private readonly char _tab = delimiter == '\t' ? ' ' : '\t';
    private char[] _plain = [];

    /// <summary>Removes blanks at both ends.</summary>
    public ReadOnlySpan<char> Trim(ReadOnlySpan<char> text)
    {
        if (!trim || text.IsEmpty || (text[0] > ' ' && text[^1] > ' ')) return text;
        int start = 0, end = text.Length;
        while (start < end && IsBlank(text[start])) start++;
        while (start < end && IsBlank(text[end - 1])) end--;
        return text[start..end];
    }

    /// <summary>Removes the enclosing quotes and one of each doubled pair; the result is valid until the next call.</summary>
    public CsvQuoting Unquote(ReadOnlySpan<char> raw, out ReadOnlySpan<char> text)
    {
        text = raw;
        if (raw.IsEmpty || raw[0] != '"') return raw.Contains('"') ? CsvQuoting.Stray : CsvQuoting.Sound;
        if (raw.Length > LongestQuoted) return CsvQuoting.Unclosed;
        if (_plain.Length < raw.Length) _plain = new char[raw.Length];
        int length = 0;
        for (ReadOnlySpan<char> rest = raw[1..]; ;)
        {
            int quote = rest.IndexOf('"');
            if (quote < 0) return CsvQuoting.Unclosed;
            rest[..quote].CopyTo(_plain.AsSpan(length));
            length += quote;
            rest = rest[(quote + 1)..];
            if (rest.IsEmpty) break;
            if (rest[0] != '"') return raw.Contains('\n') ? CsvQuoting.Unclosed : CsvQuoting.Stray;
            _plain[length++] = '"';
            rest = rest[1..];
        }

        text = _plain.AsSpan(0, length);
        return CsvQuoting.Sound;
    }

    /// <summary>The part of a field with a stray quote that a person would call the field: that quote hides the delimiters after it.</summary>
    public ReadOnlySpan<char> Visible(ReadOnlySpan<char> raw)
    {
        int end = raw.IndexOfAny(_ends);
        return Trim(end < 0 ? raw : raw[..end]);
    }

    private bool IsBlank(char letter) => letter == ' ' || letter == _tab;
}
