using System.Globalization;

namespace Polymath.Learning.Reporting.Charts;

/// <summary>Estimates how wide text will be, a little on the safe side, so that labels can be placed and cut without a browser.</summary>
internal static class TextMetrics
{
    private const string Ellipsis = "\u2026";

    public static double Width(string text, double fontSize)
    {
        double width = 0;
        foreach (char c in text)
        {
            width += c switch
            {
                'i' or 'l' or 'j' or 'I' or '.' or ',' or ':' or ';' or '\'' or '|' or '!' => 0.34,
                'm' or 'w' or 'M' or 'W' or '@' or '%' => 1.0,
                >= 'A' and <= 'Z' => 0.74,
                >= '\u1100' => 1.05, // Hangul, CJK and other wide scripts
                _ => 0.62,
            };
        }

        return width * fontSize;
    }

    /// <summary>The text, cut with an ellipsis between grapheme clusters when it is wider than allowed.</summary>
    public static string Fit(string text, double width, double fontSize)
    {
        if (Width(text, fontSize) <= width) return text;
        double left = width - Width(Ellipsis, fontSize);
        int end = 0;
        TextElementEnumerator elements = StringInfo.GetTextElementEnumerator(text);
        while (elements.MoveNext())
        {
            left -= Width(elements.GetTextElement(), fontSize);
            if (left < 0) break;
            end = elements.ElementIndex + elements.GetTextElement().Length;
        }

        return string.Concat(text.AsSpan(0, end).TrimEnd(), Ellipsis);
    }

    /// <summary>
    /// Fits names that will stand side by side so that different names still look different: cut at the end, else without what they all begin
    /// with, else numbered.
    /// </summary>
    public static string[] FitAll(IReadOnlyList<string> names, double width, double fontSize)
    {
        if (names.Count == 0) return [];
        int distinct = names.Distinct(StringComparer.Ordinal).Count();
        string[] cut = [.. names.Select(name => Fit(name, width, fontSize))];
        if (Distinct(cut) == distinct) return cut;
        int prefix = CommonPrefix(names);
        string[] tails = [.. names.Select(name => Width(name, fontSize) <= width ? name : Fit(Ellipsis + name[prefix..], width, fontSize))];
        return Distinct(tails) == distinct ? tails : [.. names.Select((name, i) => Width(name, fontSize) <= width ? name : Fit($"{i + 1}: {name}", width, fontSize))];
    }

    private static int Distinct(string[] texts) => texts.Distinct(StringComparer.Ordinal).Count();

    private static int CommonPrefix(IReadOnlyList<string> names)
    {
        int length = names[0].Length;
        foreach (string name in names) length = Math.Min(length, name.AsSpan().CommonPrefixLength(names[0]));
        return length > 0 && char.IsHighSurrogate(names[0][length - 1]) ? length - 1 : length;
    }
}
