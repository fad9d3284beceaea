using System.Globalization;

namespace Polymath.Learning.Balancing;

/// <summary>The values given in "name:key=value,..." with the defaults of the descriptor behind them.</summary>
public sealed class BalancerArguments
{
    private readonly BalancerDescriptor _descriptor;
    private readonly IReadOnlyDictionary<string, string> _values;

    internal BalancerArguments(BalancerDescriptor descriptor, IReadOnlyDictionary<string, string> values)
    {
        _descriptor = descriptor;
        _values = values;
    }

    /// <summary>A real number in range.</summary>
    /// <param name="name">The parameter.</param>
    public double Number(string name)
    {
        (BalancerParameter parameter, string text) = Find(name);
        return parameter.Check(_descriptor.Name, Parse(parameter, text));
    }

    /// <summary>A whole number in range.</summary>
    /// <param name="name">The parameter.</param>
    public int Integer(string name)
    {
        (BalancerParameter parameter, string text) = Find(name);
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)) throw parameter.Invalid(_descriptor.Name, text);
        return (int)parameter.Check(_descriptor.Name, value);
    }

    /// <summary>true or false.</summary>
    /// <param name="name">The parameter.</param>
    public bool Flag(string name)
    {
        (BalancerParameter parameter, string text) = Find(name);
        return bool.TryParse(text, out bool value) ? value : throw parameter.Invalid(_descriptor.Name, text);
    }

    /// <summary>Position of the word among <see cref="BalancerParameter.Choices"/>.</summary>
    /// <param name="name">The parameter.</param>
    public int Choice(string name)
    {
        (BalancerParameter parameter, string text) = Find(name);
        for (int i = 0; i < parameter.Choices.Count; i++)
        {
            if (string.Equals(parameter.Choices[i], text, StringComparison.OrdinalIgnoreCase)) return i;
        }

        throw parameter.Invalid(_descriptor.Name, text);
    }

    /// <summary>Numbers separated by '/', or null when not given.</summary>
    /// <param name="name">The parameter.</param>
    public double[]? Vector(string name)
    {
        (BalancerParameter parameter, string text) = Find(name);
        return text.Length == 0 ? null : [.. text.Split('/').Select(part => parameter.Check(_descriptor.Name, Parse(parameter, part)))];
    }

    private (BalancerParameter Parameter, string Text) Find(string name)
    {
        BalancerParameter parameter = _descriptor.Parameter(name);
        return (parameter, _values.TryGetValue(name, out string? text) ? text : parameter.Default);
    }

    private double Parse(BalancerParameter parameter, string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
        ? value
        : throw parameter.Invalid(_descriptor.Name, text);
}
