using System.Globalization;
using System.Text.RegularExpressions;

namespace Polymath.Tests;

/// <summary>
/// From the parameter names of a published library to ours: rules of pattern and replacement, any number of experts, layers and
/// tasks. A name that no rule knows is an error, so a fixture cannot be half loaded.
/// </summary>
internal sealed class TorchNames
{
    private readonly List<(Regex Pattern, string? Replacement)> _rules = [];

    /// <summary>A rule; <c>$1</c> or <c>${name}</c> in the replacement stands for a group. Rules are tried in order; the first that matches decides.</summary>
    public TorchNames Rule(string pattern, string replacement)
    {
        _rules.Add((new Regex($"^{pattern}$", RegexOptions.CultureInvariant), replacement));
        return this;
    }

    /// <summary>Names that have no effect on the output.</summary>
    public TorchNames Ignore(string pattern)
    {
        _rules.Add((new Regex($"^{pattern}$", RegexOptions.CultureInvariant), null));
        return this;
    }

    /// <summary>Our name, or null for one to ignore.</summary>
    public string? Translate(string name)
    {
        foreach ((Regex pattern, string? replacement) in _rules)
        {
            if (pattern.IsMatch(name)) return replacement is null ? null : pattern.Replace(name, replacement);
        }

        throw new InvalidOperationException($"no rule for '{name}'");
    }

    /// <summary>All entries under our names.</summary>
    public Dictionary<string, GoldenArray> Translate(IReadOnlyDictionary<string, GoldenArray> state)
    {
        var ours = new Dictionary<string, GoldenArray>(StringComparer.Ordinal);
        foreach ((string name, GoldenArray array) in state)
        {
            if (Translate(name) is { } translated) ours.Add(translated, array);
        }

        return ours;
    }

    /// <summary>
    /// Replaces positions in a flat list of layers, <c>x.mlp.4.weight</c>, by what stands there: hidden layer i has its linear map at
    /// i x stride and its normalisation right after it; a last linear map without one, in a network that normalises, is the output.
    /// </summary>
    public static Dictionary<string, GoldenArray> Unroll(IReadOnlyDictionary<string, GoldenArray> state, int stride)
    {
        var position = new Regex(@"^(.*)\.mlp\.(\d+)\.(\w+)$", RegexOptions.CultureInvariant);
        var unrolled = new Dictionary<string, GoldenArray>(StringComparer.Ordinal);
        foreach ((string name, GoldenArray array) in state)
        {
            Match match = position.Match(name);
            if (!match.Success)
            {
                unrolled.Add(name, array);
                continue;
            }

            string prefix = match.Groups[1].Value, parameter = match.Groups[3].Value;
            int at = int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
            bool normalised = state.ContainsKey($"{prefix}.mlp.1.running_mean"), output = normalised && at % stride == 0 && !state.ContainsKey($"{prefix}.mlp.{at + 1}.weight");
            unrolled.Add(output ? $"{prefix}.output.{parameter}" : $"{prefix}.layers.{at / stride}.{(at % stride == 0 ? "linear" : "norm")}.{parameter}", array);
        }

        return unrolled;
    }
}
