using System.Globalization;
using System.Text;

namespace Polymath.Learning.Reporting;

/// <summary>Writes elements that are both HTML and well-formed XML; every text and attribute is escaped here and nowhere else.</summary>
internal sealed class MarkupWriter(TextWriter output)
{
    private readonly Stack<string> _open = new();

    /// <summary>Writes the document type; must come first.</summary>
    public MarkupWriter Doctype()
    {
        output.Write("<!DOCTYPE html>\n");
        return this;
    }

    /// <summary>Opens an element; attributes with a null value are left out.</summary>
    public MarkupWriter Open(string element, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Tag(element, attributes);
        output.Write('>');
        _open.Push(element);
        return this;
    }

    /// <summary>An element without content: an SVG shape or a void HTML element.</summary>
    public MarkupWriter Leaf(string element, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Tag(element, attributes);
        output.Write("/>");
        return this;
    }

    /// <summary>An element that holds only text.</summary>
    public MarkupWriter Element(string element, string text, params ReadOnlySpan<(string Name, string? Value)> attributes)
        => Open(element, attributes).Text(text).Close();

    public MarkupWriter Text(string text)
    {
        Escape(text);
        return this;
    }

    /// <summary>Our own constant text that must not be escaped: the style sheet.</summary>
    public MarkupWriter Raw(string text)
    {
        output.Write(text);
        return this;
    }

    public MarkupWriter Line()
    {
        output.Write('\n');
        return this;
    }

    public MarkupWriter Close()
    {
        output.Write("</");
        output.Write(_open.Pop());
        output.Write('>');
        return this;
    }

    /// <summary>A coordinate: at most two decimals.</summary>
    public static string Number(double value) => Math.Round(value, 2).ToString("0.##", CultureInfo.InvariantCulture);

    private void Tag(string element, ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        output.Write('<');
        output.Write(element);
        foreach ((string name, string? value) in attributes)
        {
            if (value is null) continue;
            output.Write(' ');
            output.Write(name);
            output.Write("=\"");
            Escape(value);
            output.Write('"');
        }
    }

    private void Escape(string text)
    {
        foreach (Rune rune in text.EnumerateRunes()) // a lone surrogate comes out as U+FFFD
        {
            switch (rune.Value)
            {
                case '<': output.Write("&lt;"); break;
                case '>': output.Write("&gt;"); break;
                case '&': output.Write("&amp;"); break;
                case '"': output.Write("&quot;"); break;
                case '\'': output.Write("&#39;"); break;
                case '\t' or '\n': output.Write((char)rune.Value); break;
                case < 0x20 or (>= 0x7F and <= 0x9F) or 0xFFFE or 0xFFFF: output.Write('\uFFFD'); break; // not allowed in XML or HTML
                default: Write(rune); break;
            }
        }
    }

    private void Write(Rune rune)
    {
        Span<char> characters = stackalloc char[2];
        output.Write(characters[..rune.EncodeToUtf16(characters)]);
    }
}
