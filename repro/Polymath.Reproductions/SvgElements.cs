using System.Xml;

namespace Polymath.Reproductions;

/// <summary>Elements of an SVG picture, each in one call.</summary>
internal static class SvgElements
{
    /// <summary>Writes attributes of the open element.</summary>
    public static void Attributes(this XmlWriter svg, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        foreach ((string name, string value) in attributes) svg.WriteAttributeString(name, value);
    }

    /// <summary>Writes an element without content.</summary>
    public static void Element(this XmlWriter svg, string name, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        svg.WriteStartElement(name);
        svg.Attributes(attributes);
        svg.WriteEndElement();
    }

    /// <summary>Writes an element that holds text.</summary>
    public static void Text(this XmlWriter svg, string name, string text, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        svg.WriteStartElement(name);
        svg.Attributes(attributes);
        svg.WriteString(text);
        svg.WriteEndElement();
    }
}
