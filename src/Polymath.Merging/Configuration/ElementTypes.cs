using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Configuration;

/// <summary>Names of element types in configurations.</summary>
public static class ElementTypes
{
    private static readonly (string Name, SafetensorsType Type)[] Table = [("float32", SafetensorsType.F32), ("float16", SafetensorsType.F16), ("bfloat16", SafetensorsType.BF16)];

    /// <summary>The type of a name, with or without <c>torch.</c> before it.</summary>
    /// <param name="name">float32, float16 or bfloat16.</param>
    /// <exception cref="MergeException">The name is another.</exception>
    public static SafetensorsType Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string plain = name.StartsWith("torch.", StringComparison.Ordinal) ? name[6..] : name;
        int index = Array.FindIndex(Table, entry => entry.Name == plain);
        if (index >= 0) return Table[index].Type;
        throw new MergeException(plain == "int64" ? "type 'int64' would cut the weights to integers; expected float32, float16 or bfloat16." : $"unknown type '{name}'{Data.Suggestion.Tail(plain, [.. Table.Select(entry => entry.Name)])}");
    }

    /// <summary>The name of a type in config.json, or null for a type that no configuration names.</summary>
    public static string? NameOf(SafetensorsType type) => Table.FirstOrDefault(entry => entry.Type == type).Name;
}
