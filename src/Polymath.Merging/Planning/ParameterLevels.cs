using Polymath.Merging.Configuration;
using Polymath.Merging.Methods;

namespace Polymath.Merging.Planning;

/// <summary>The levels of a configuration that set parameters, the most special first: model, slice, module, merge; behind them the method's default.</summary>
internal sealed class ParameterLevels(params ParameterTable[] levels)
{
    /// <summary>The same levels with a more special one before them.</summary>
    public ParameterLevels Under(ParameterTable first) => new([first, .. levels]);

    /// <summary>The values of a method's parameters for a tensor. A level whose filters do not match, or that has no value, leaves the word to the next.</summary>
    /// <param name="declared">The parameters.</param>
    /// <param name="tensor">The tensor's name for filters.</param>
    /// <param name="position">The place of its layer in the slice, in [0, 1].</param>
    /// <param name="place">Where the values belong, for messages.</param>
    /// <param name="optional">Whether required values may be missing.</param>
    public ParameterSet Resolve(IReadOnlyList<MethodParameter> declared, string tensor, double position, string place, bool optional = false)
    {
        var given = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (MethodParameter parameter in declared) given[parameter.Name] = levels.Select(level => level.Find(parameter.Name)?.Evaluate(tensor, position)).FirstOrDefault(value => value is not null);
        return ParameterSet.Resolve(declared, given, place, optional);
    }
}
