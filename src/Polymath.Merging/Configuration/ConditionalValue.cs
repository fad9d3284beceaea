namespace Polymath.Merging.Configuration;

/// <summary>A value for the tensors whose names contain a text.</summary>
/// <param name="Filter">The text; null or <c>*</c> matches every name.</param>
/// <param name="Value">The value, constant or over the layers.</param>
public sealed record ConditionalValue(string? Filter, Gradient Value)
{
    /// <summary>Whether the value is meant for a tensor.</summary>
    public bool Matches(string tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return Filter is null or "*" || tensor.Contains(Filter, StringComparison.Ordinal);
    }
}
