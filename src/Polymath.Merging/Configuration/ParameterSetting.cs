namespace Polymath.Merging.Configuration;

/// <summary>What a configuration sets for one parameter: values with filters on tensor names; the first that matches counts.</summary>
/// <param name="Conditions">The values in their order.</param>
/// <param name="Line">The line of the configuration, from 1.</param>
public sealed record ParameterSetting(IReadOnlyList<ConditionalValue> Conditions, long Line)
{
    /// <summary>A value for every tensor.</summary>
    /// <param name="value">double, bool or string.</param>
    public static ParameterSetting Of(object value) => new([new ConditionalValue(null, new Gradient([value]))], 0);

    /// <summary>The value for a tensor, or null when no filter matches.</summary>
    /// <param name="tensor">The tensor's name.</param>
    /// <param name="position">Where its layer lies in the slice, from 0 (first layer, and every tensor outside the layers) to 1 (last layer).</param>
    public object? Evaluate(string tensor, double position) => Conditions.FirstOrDefault(condition => condition.Matches(tensor))?.Value.At(position);
}
