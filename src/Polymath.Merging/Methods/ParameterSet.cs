using System.Globalization;

namespace Polymath.Merging.Methods;

/// <summary>Resolved parameter values: plain numbers, flags and texts, gradients and filters evaluated, defaults filled in.</summary>
public sealed class ParameterSet
{
    private readonly Dictionary<string, object?> _values;

    /// <summary>A set of values.</summary>
    /// <param name="values">double, bool, string or null by name.</param>
    public ParameterSet(IEnumerable<KeyValuePair<string, object?>> values) => _values = new(values, StringComparer.Ordinal);

    /// <summary>No values.</summary>
    public static ParameterSet Empty { get; } = new([]);

    /// <summary>The values by name.</summary>
    public IReadOnlyDictionary<string, object?> Values => _values;

    /// <summary>Fills defaults, converts and checks values against a method's parameters.</summary>
    /// <param name="declared">The method's parameters.</param>
    /// <param name="given">double, bool, string or null by name; names that are not declared are left out.</param>
    /// <param name="place">Where the values belong, for messages: "tensor 'x', model 'y'".</param>
    /// <param name="optional">Whether required parameters may be missing, as for a base model.</param>
    /// <exception cref="MergeException">A required value is missing, of the wrong kind, or out of range.</exception>
    public static ParameterSet Resolve(IEnumerable<MethodParameter> declared, IReadOnlyDictionary<string, object?> given, string place, bool optional = false)
    {
        ArgumentNullException.ThrowIfNull(declared);
        ArgumentNullException.ThrowIfNull(given);
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (MethodParameter parameter in declared)
        {
            object? value = given.GetValueOrDefault(parameter.Name) ?? parameter.Default;
            if (value is null && parameter.Required && !optional) throw new MergeException($"{place}: parameter '{parameter.Name}' is missing ({parameter.Description}); give it a value.");
            values[parameter.Name] = value is null ? null : Convert(parameter, value, place);
        }

        return new(values);
    }

    /// <summary>A number.</summary>
    /// <param name="name">A declared parameter with a value.</param>
    public double Number(string name) => _values.GetValueOrDefault(name) is double number ? number : throw new MergeException($"parameter '{name}' is missing; give it a number.");

    /// <summary>A number, or null when it was left out.</summary>
    public double? NumberOrNull(string name) => _values.GetValueOrDefault(name) as double?;

    /// <summary>A flag.</summary>
    public bool Flag(string name) => _values.GetValueOrDefault(name) is true;

    /// <summary>A text, or null when it was left out.</summary>
    public string? Text(string name) => _values.GetValueOrDefault(name) as string;

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", _values.Select(pair => $"{pair.Key}={Describe(pair.Value)}"));

    private static string Describe(object? value) => value switch
    {
        null => "none",
        bool flag => flag ? "true" : "false",
        double number => number.ToString("G6", CultureInfo.InvariantCulture),
        _ => value.ToString() ?? string.Empty,
    };

    private static object Convert(MethodParameter parameter, object value, string place)
    {
        switch (parameter.Kind, value)
        {
            case (ParameterKind.Number, bool flag): value = flag ? 1.0 : 0.0; break;
            case (ParameterKind.Flag, double number): return number != 0;
            case (ParameterKind.Number, double) or (ParameterKind.Flag, bool) or (ParameterKind.Text, string): break;
            case (ParameterKind.Text, double or bool): return Describe(value);
            default: throw new MergeException($"{place}: parameter '{parameter.Name}' is '{Describe(value)}', expected {(parameter.Kind == ParameterKind.Number ? "a number" : "true or false")}.");
        }

        if (value is double checkedNumber && (double.IsNaN(checkedNumber) || checkedNumber < parameter.Minimum || checkedNumber > parameter.Maximum))
            throw new MergeException($"{place}: parameter '{parameter.Name}' is {Describe(value)}, expected {Range(parameter)}.");
        return value;
    }

    private static string Range(MethodParameter parameter) => (double.IsFinite(parameter.Minimum), double.IsFinite(parameter.Maximum)) switch
    {
        (true, true) => $"a number from {Describe(parameter.Minimum)} to {Describe(parameter.Maximum)}",
        (true, false) => $"a number of at least {Describe(parameter.Minimum)}",
        (false, true) => $"a number of at most {Describe(parameter.Maximum)}",
        _ => "a number",
    };
}
