using System.Globalization;

namespace Polymath.Learning.Balancing;

/// <summary>One parameter of a balancer: the single source for parsing, validation, help and documentation tables.</summary>
/// <param name="Name">The key in "name:key=value".</param>
/// <param name="Kind">Its type.</param>
/// <param name="Default">The default as text; empty for a vector that depends on the number of tasks.</param>
/// <param name="Meaning">One sentence.</param>
public sealed record BalancerParameter(string Name, BalancerParameterKind Kind, string Default, string Meaning)
{
    /// <summary>Smallest allowed number.</summary>
    public double Minimum { get; init; } = double.NegativeInfinity;

    /// <summary>Largest allowed number.</summary>
    public double Maximum { get; init; } = double.PositiveInfinity;

    /// <summary>The allowed words of a choice.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>The allowed values in words: "[0, 1]", "none | l2", "true | false".</summary>
    public string Range => Kind switch
    {
        BalancerParameterKind.Choice => string.Join(" | ", Choices),
        BalancerParameterKind.Flag => "true | false",
        BalancerParameterKind.Vector => $"numbers in {Interval} separated by '/'",
        BalancerParameterKind.Integer => $"whole numbers in {Interval}",
        _ => Interval,
    };

    private string Interval => string.Create(CultureInfo.InvariantCulture,
        $"{(double.IsInfinity(Minimum) ? "(-inf" : $"[{Minimum}")}, {(double.IsInfinity(Maximum) ? "inf)" : $"{Maximum}]")}");

    /// <summary>Returns the value if it lies in the range.</summary>
    /// <param name="balancer">The balancer's name, for the message.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="BalancerException">It does not.</exception>
    public double Check(string balancer, double value) => double.IsFinite(value) && value >= Minimum && value <= Maximum
        ? value
        : throw Invalid(balancer, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>The error for a value outside <see cref="Range"/>.</summary>
    /// <param name="balancer">The balancer's name.</param>
    /// <param name="found">The value as written.</param>
    public BalancerException Invalid(string balancer, string found) => new($"{balancer}: {Name}={found} is not allowed, expected {Range} (default {(Default.Length == 0 ? "1/K" : Default)}).");

    /// <summary>The value as it is written in a specification.</summary>
    internal string Write(object? value) => value switch
    {
        null => string.Empty,
        bool flag => flag ? "true" : "false",
        Enum choice => Choices[Convert.ToInt32(choice, CultureInfo.InvariantCulture)],
        IEnumerable<double> numbers => string.Join('/', numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture))),
        IFormattable number => number.ToString(value is double ? "R" : null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"BalancerParameter: {Name} cannot hold a {value.GetType().Name}.", nameof(value)),
    };

    /// <summary>Whether the value is the default.</summary>
    internal bool IsDefault(object? value) => value is double number ? number == double.Parse(Default, CultureInfo.InvariantCulture) : Write(value) == Default;
}
