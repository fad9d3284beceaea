using System.Globalization;

namespace Polymath.Learning.Configuration;

/// <summary>One parameter of a component: the single source for parsing, validation, help and documentation tables.</summary>
/// <param name="Name">The key in "name:key=value".</param>
/// <param name="Kind">Its type.</param>
/// <param name="Default">The default as text; empty for none.</param>
/// <param name="Meaning">One sentence.</param>
public sealed record ComponentParameter(string Name, ParameterKind Kind, string Default, string Meaning)
{
    /// <summary>Smallest allowed number.</summary>
    public double Minimum { get; init; } = double.NegativeInfinity;

    /// <summary>Largest allowed number.</summary>
    public double Maximum { get; init; } = double.PositiveInfinity;

    /// <summary>Whether the minimum itself is not allowed.</summary>
    public bool AboveMinimum { get; init; }

    /// <summary>Whether the maximum itself is not allowed.</summary>
    public bool BelowMaximum { get; init; }

    /// <summary>The allowed values in words: "[0, 1)", "true | false".</summary>
    public string Range => Kind switch
    {
        ParameterKind.Flag => "true | false",
        ParameterKind.Vector => $"numbers in {Interval} separated by '/'",
        ParameterKind.Integer => $"whole numbers in {Interval}",
        _ => Interval,
    };

    private string Interval => string.Create(CultureInfo.InvariantCulture,
        $"{(double.IsInfinity(Minimum) ? "(-inf" : $"{(AboveMinimum ? '(' : '[')}{Minimum}")}, {(double.IsInfinity(Maximum) ? "inf)" : $"{Maximum}{(BelowMaximum ? ')' : ']')}")}");

    /// <summary>Returns the value if it lies in the range.</summary>
    /// <param name="component">The component's name, for the message.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ComponentException">It does not.</exception>
    public double Check(string component, double value)
    {
        bool allowed = double.IsFinite(value) && (AboveMinimum ? value > Minimum : value >= Minimum) && (BelowMaximum ? value < Maximum : value <= Maximum);
        return allowed ? value : throw Invalid(component, value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The error for a value outside <see cref="Range"/>.</summary>
    /// <param name="component">The component's name.</param>
    /// <param name="found">The value as written.</param>
    public ComponentException Invalid(string component, string found) => new($"{component}: {Name}={found} is not allowed, expected {Range} (default {(Default.Length == 0 ? "none" : Default)}).");
}
