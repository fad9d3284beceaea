namespace Polymath.Data.Sources;

/// <summary>Finds the delimiter of a text file from its first lines.</summary>
internal static class CsvDialect
{
    private const int SampleLength = 1 << 16, SampleLines = 20;

    // In this order: a file delimited by tabs, semicolons or bars may well hold commas in its fields, hardly the reverse.
    private static readonly char[] Candidates = ['\t', ';', '|', ','];

    /// <summary>The candidate that occurs equally often in every sampled line, but a comma before a rarer bar; else the most frequent one of the first line; else a comma.</summary>
    /// <exception cref="TableException">The file is empty or is not text.</exception>
    public static char DetectDelimiter(CsvSource source, ReadOptions options)
    {
        List<string> lines = Sample(source, options);
        char[] candidates = [.. Candidates.Where(candidate => candidate != ',' || options.DecimalSeparator != ',')];
        char[] steady = [.. candidates.Where(candidate => Count(lines[0], candidate, options.Quotes) is > 0 and int first && lines.TrueForAll(line => Count(line, candidate, options.Quotes) == first))];
        if (steady.Length > 0)
        {
            // Bars also separate the ids of a list, one column among those between the commas.
            bool lists = steady is ['|', ','] && Count(lines[0], ',', options.Quotes) > Count(lines[0], '|', options.Quotes);
            return lists ? ',' : steady[0];
        }

        char most = candidates.MaxBy(candidate => Count(lines[0], candidate, options.Quotes));
        return Count(lines[0], most, options.Quotes) > 0 ? most : options.DecimalSeparator == ',' ? ';' : ',';
    }

    private static List<string> Sample(CsvSource source, ReadOptions options)
    {
        using StreamReader text = source.OpenText();
        for (int i = 0; i < options.SkipLines; i++) text.ReadLine();
        char[] sample = new char[SampleLength];
        int length = text.ReadBlock(sample);
        int nul = Array.IndexOf(sample, '\0', 0, length);
        if (nul >= 0)
        {
            int line = 1 + options.SkipLines + sample.AsSpan(0, nul).Count('\n');
            throw new TableException($"{source.Name}, line {line}: found a zero byte, expected text; this is a binary file or UTF-16 without a byte order mark.", source.Name, line);
        }

        string[] lines = new string(sample, 0, length).Split('\n');
        bool cut = length == SampleLength && lines.Length > 1;   // the last line may be incomplete
        List<string> whole = [.. (cut ? lines[..^1] : lines).Select(line => line.TrimEnd('\r')).Where(line => !string.IsNullOrWhiteSpace(line)).Take(SampleLines)];
        if (whole.Count == 0) throw new TableException($"{source.Name}: the file is empty, expected a header and rows.", source.Name);
        return whole;
    }

    private static int Count(string line, char candidate, bool quotes)
    {
        int count = 0;
        bool quoted = false;
        foreach (char letter in line)
        {
            if (letter == '"' && quotes) quoted = !quoted;
            else if (letter == candidate && !quoted) count++;
        }

        return count;
    }
}
