namespace Polymath.Learning.Configuration;

/// <summary>Components by name, made from "name" or "name:parameter=value,parameter=value". Names and parameters ignore case, and - is as good as _.</summary>
/// <typeparam name="T">What is made.</typeparam>
/// <param name="noun">What the components are, for messages: "optimizer".</param>
/// <param name="all">The components, in the order of the documentation.</param>
public sealed class ComponentRegistry<T>(string noun, params IReadOnlyList<Component<T>> all)
{
    /// <summary>Every component, in the order of the documentation.</summary>
    public IReadOnlyList<Component<T>> All => all;

    /// <summary>Makes a component.</summary>
    /// <param name="specification">For example "adamw:lr=1e-3,weight_decay=1e-5".</param>
    /// <exception cref="ComponentException">Unknown name or parameter (the nearest known one is suggested), repeated parameter, or a value out of range.</exception>
    public T Create(string specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        int colon = specification.IndexOf(':', StringComparison.Ordinal);
        Component<T> component = Find(colon < 0 ? specification : specification[..colon]);
        return component.Factory(new ComponentArguments(component.Name, component.Parameters, Parse(component, colon < 0 ? string.Empty : specification[(colon + 1)..])));
    }

    /// <summary>The component of a name.</summary>
    /// <param name="name">A registry name, any case, with - or _.</param>
    /// <exception cref="ComponentException">Unknown name.</exception>
    public Component<T> Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string wanted = name.Trim();
        return all.FirstOrDefault(known => WrittenName.Is(known.Name, wanted))
            ?? throw new ComponentException($"unknown {noun} '{wanted}'{NearestName.Suggest(wanted, all.Select(known => known.Name))}; known: {string.Join(", ", all.Select(known => known.Name))}.");
    }

    private static Dictionary<string, string> Parse(Component<T> component, string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw new ComponentException($"{component.Name}: found '{part}', expected parameter=value; known: {Known(component)}.");
            string key = part[..equals].Trim();
            ComponentParameter parameter = component.Parameters.FirstOrDefault(known => WrittenName.Is(known.Name, key))
                ?? throw new ComponentException($"{component.Name}: unknown parameter '{key}'{NearestName.Suggest(key, component.Parameters.Select(known => known.Name))}; known: {Known(component)}.");
            if (!values.TryAdd(parameter.Name, part[(equals + 1)..].Trim())) throw new ComponentException($"{component.Name}: parameter '{parameter.Name}' is given twice, expected once.");
        }

        return values;
    }

    private static string Known(Component<T> component) => component.Parameters.Count == 0 ? "none" : string.Join(", ", component.Parameters.Select(known => known.Name));
}
