namespace Polymath.Merging.Methods;

/// <summary>A parameter of a merge method: the one source for the configuration's keys, the documentation and the checks.</summary>
/// <param name="Name">The key in a configuration.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Default">A double, bool or string; null where there is none.</param>
/// <param name="Description">What it does, in a few words.</param>
public sealed record MethodParameter(string Name, ParameterKind Kind, object? Default, string Description)
{
    /// <summary>Whether a value must be given (by every model except the base, for parameters of models).</summary>
    public bool Required { get; init; }

    /// <summary>The least allowed number.</summary>
    public double Minimum { get; init; } = double.NegativeInfinity;

    /// <summary>The largest allowed number.</summary>
    public double Maximum { get; init; } = double.PositiveInfinity;

    /// <summary>A number with a default.</summary>
    public static MethodParameter Number(string name, double value, string description) => new(name, ParameterKind.Number, value, description);

    /// <summary>A number that must be given.</summary>
    public static MethodParameter RequiredNumber(string name, string description) => new(name, ParameterKind.Number, null, description) { Required = true };

    /// <summary>true or false with a default.</summary>
    public static MethodParameter Flag(string name, bool value, string description) => new(name, ParameterKind.Flag, value, description);

    /// <summary>Text; null when it may be left out.</summary>
    public static MethodParameter Text(string name, string? value, string description) => new(name, ParameterKind.Text, value, description);
}
