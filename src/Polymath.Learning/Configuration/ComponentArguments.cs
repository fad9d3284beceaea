using System.Globalization;

namespace Polymath.Learning.Configuration;

/// <summary>The values given in "name:key=value,..." with the defaults of the parameters behind them.</summary>
public sealed class ComponentArguments
{
    private readonly string _component;
    private readonly IReadOnlyList<ComponentParameter> _parameters;
    private readonly Dictionary<string, string> _values;

    internal ComponentArguments(string component, IReadOnlyList<ComponentParameter> parameters, Dictionary<string, string> values)
    {
        _component = component;
        _parameters = parameters;
        _values = values;
    }

    /// <summary>A real number in range.</summary>
    /// <param name="name">The parameter.</param>
    public double Number(string name) => Optional(name) ?? throw Missing(name);

    /// <summary>A real number in range, or null when neither given nor set by default.</summary>
    /// <param name="name">The parameter.</param>
    public double? Optional(string name)
    {
        (ComponentParameter parameter, string text) = Find(name);
        return text.Length == 0 ? null : parameter.Check(_component, Parse(parameter, text));
    }

    /// <summary>A whole number in range.</summary>
    /// <param name="name">The parameter.</param>
    public int Integer(string name)
    {
        (ComponentParameter parameter, string text) = Find(name);
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)) throw parameter.Invalid(_component, text);
        return (int)parameter.Check(_component, value);
    }

    /// <summary>true or false.</summary>
    /// <param name="name">The parameter.</param>
    public bool Flag(string name)
    {
        (ComponentParameter parameter, string text) = Find(name);
        return bool.TryParse(text, out bool value) ? value : throw parameter.Invalid(_component, text);
    }

    /// <summary>Numbers separated by '/'; empty when neither given nor set by default.</summary>
    /// <param name="name">The parameter.</param>
    public float[] Vector(string name)
    {
        (ComponentParameter parameter, string text) = Find(name);
        return text.Length == 0 ? [] : [.. text.Split('/').Select(part => (float)parameter.Check(_component, Parse(parameter, part)))];
    }

    private (ComponentParameter Parameter, string Text) Find(string name)
    {
        ComponentParameter parameter = _parameters.First(known => known.Name == name);
        return (parameter, _values.TryGetValue(name, out string? text) ? text : parameter.Default);
    }

    private double Parse(ComponentParameter parameter, string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
        ? value
        : throw parameter.Invalid(_component, text);

    private ComponentException Missing(string name) => Find(name).Parameter.Invalid(_component, string.Empty);
}
