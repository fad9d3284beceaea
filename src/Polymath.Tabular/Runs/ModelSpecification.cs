using Polymath.Learning;

namespace Polymath.Tabular.Runs;

/// <summary>A model as text: <c>mmoe:experts=4,expert-hidden=64/32</c>.</summary>
/// <param name="Name">A name of <see cref="TabularModels"/>.</param>
/// <param name="Options">Options by name; the others keep their defaults.</param>
public sealed record ModelSpecification(string Name, IReadOnlyDictionary<string, string> Options)
{
    /// <summary>How to make a network like an existing one.</summary>
    public static ModelSpecification Of(TabularModel model) => new(model.Name, model.OptionValues);

    /// <summary>Reads the text; names and values are checked when the model is made.</summary>
    /// <exception cref="ModelException">Not of the form name:option=value, or an option given twice.</exception>
    public static ModelSpecification Parse(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string name = (colon < 0 ? text : text[..colon]).Trim();
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string part in colon < 0 ? [] : text[(colon + 1)..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw new ModelException($"model '{name}': found '{part}', expected option=value, for example {name}:tower-hidden=64/32.");
            if (!options.TryAdd(part[..equals].Trim(), part[(equals + 1)..].Trim())) throw new ModelException($"model '{name}': option '{part[..equals].Trim()}' is given twice.");
        }

        return new ModelSpecification(name, options);
    }

    /// <summary>The text <see cref="Parse"/> reads.</summary>
    public override string ToString() => Options.Count == 0 ? Name : $"{Name}:{string.Join(',', Options.Select(option => $"{option.Key}={option.Value}"))}";

    /// <summary>Makes the model.</summary>
    /// <exception cref="ModelException">Unknown name or option, or a value out of range.</exception>
    public TabularModel Create(FeatureSchema schema, TaskSet tasks, ulong seed) => TabularModels.Create(Name, schema, tasks, Options, seed);

    /// <summary>
    /// The single-task model to compare with: one bottom and one tower, with the options given for this model that mean the same
    /// for a single network, and bottoms as wide as its experts. An option that has another default here means something else: the width of tokens,
    /// or batch normalisation of towers only.
    /// </summary>
    public ModelSpecification SingleTask()
    {
        Dictionary<string, string> known = Defaults(Polymath.Tabular.SingleTask.RegistryName), own = Defaults(Name);
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in Options)
        {
            string same = name == "expert-hidden" ? "bottom-hidden" : name;
            if (known.TryGetValue(same, out string? standard) && (same != name || own.GetValueOrDefault(name) == standard)) options[same] = value;
        }

        return new ModelSpecification(Polymath.Tabular.SingleTask.RegistryName, options);

        static Dictionary<string, string> Defaults(string model) => TabularModels.Find(model).Options.ToDictionary(option => option.Name, option => option.Default, StringComparer.Ordinal);
    }
}
