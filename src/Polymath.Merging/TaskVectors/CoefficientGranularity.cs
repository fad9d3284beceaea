using System.Globalization;
using Polymath.Tensors;

namespace Polymath.Merging.TaskVectors;

/// <summary>How finely a task vector is scaled: one coefficient for all of it, one for each tensor, for each group of tensors, or for random parts of each tensor.</summary>
/// <remarks>The finer, the more examples the coefficients need.</remarks>
/// <example><code>
/// CoefficientGranularity perBlock = CoefficientGranularity.Custom(tensor => tensor.Split('.')[1]);   // layers.0.linear.weight -> "0"
/// CoefficientGranularity parts = CoefficientGranularity.Partition(10, seed: 1);                      // aTLAS x 10
/// </code></example>
public sealed class CoefficientGranularity
{
    private readonly Func<ModelState, CoefficientBlocks> _resolve;

    private CoefficientGranularity(string description, Func<ModelState, CoefficientBlocks> resolve) => (Description, _resolve) = (description, resolve);

    /// <summary>One coefficient for each task vector: task-wise, isotropic.</summary>
    public static CoefficientGranularity Isotropic { get; } = new("isotropic", static theta0 => Grouped(theta0, static _ => "all"));

    /// <summary>One coefficient for each task vector and parameter tensor (each weight and each bias): layer-wise in AdaMerging, block-wise in aTLAS.</summary>
    public static CoefficientGranularity PerTensor { get; } = new("per_tensor", static theta0 => Grouped(theta0, static name => name));

    /// <summary>The rule in words, as a file of coefficients stores it: "partition:parts=3,only_matrices=true,key=shape,seed=7".</summary>
    public string Description { get; }

    /// <summary>One coefficient for each task vector and group of tensors.</summary>
    /// <param name="groupOf">The group of a tensor by its name: its layer, its module, its kind.</param>
    public static CoefficientGranularity Custom(Func<string, string> groupOf)
    {
        ArgumentNullException.ThrowIfNull(groupOf);
        return new("custom", theta0 => Grouped(theta0, groupOf));
    }

    /// <summary>K coefficients for each task vector and tensor: every element belongs to one of K random parts of its tensor (aTLAS x K, Zhang et al. 2024, section 5.3).</summary>
    /// <param name="parts">K, at least 1.</param>
    /// <param name="onlyMatrices">True to move tensors with two axes only, as the authors' code does; biases, norms and convolutions then stay as the base has them.</param>
    /// <param name="key">What the parts of a tensor depend on.</param>
    /// <param name="seed">Where the parts come from.</param>
    /// <exception cref="MergeException">Fewer than one part.</exception>
    public static CoefficientGranularity Partition(int parts, bool onlyMatrices = true, PartitionKey key = PartitionKey.Shape, ulong seed = 0)
    {
        RequireParts(parts);
        string description = string.Create(CultureInfo.InvariantCulture, $"partition:parts={parts},only_matrices={(onlyMatrices ? "true" : "false")},key={(key == PartitionKey.Shape ? "shape" : "name")},seed={seed}");
        return new(description, theta0 => Divided(theta0, parts, (name, shape) =>
        {
            if (onlyMatrices && shape.Rank != 2) return null;
            RandomStream random = new RandomStream(seed).Derive("partition").Derive(key == PartitionKey.Shape ? shape.ToString() : name);
            int[] map = new int[shape.Length];
            for (int i = 0; i < map.Length; i++) map[i] = random.NextInt32(parts);
            return map;
        }));
    }

    /// <summary>K coefficients for each task vector and tensor, with parts of the caller's choice: rows, heads, experts.</summary>
    /// <param name="parts">K, at least 1.</param>
    /// <param name="mapOf">From name and shape of a tensor to the part of each of its elements, in [0, <paramref name="parts"/>); null to leave the tensor as the base has it.</param>
    /// <exception cref="MergeException">Fewer than one part.</exception>
    public static CoefficientGranularity Partition(int parts, Func<string, Shape, int[]?> mapOf)
    {
        ArgumentNullException.ThrowIfNull(mapOf);
        RequireParts(parts);
        return new(string.Create(CultureInfo.InvariantCulture, $"given_partition:parts={parts}"), theta0 => Divided(theta0, parts, mapOf));
    }

    /// <summary>The rule of a <see cref="Description"/>; groups and parts of the caller's choice are not described and cannot be found again.</summary>
    /// <exception cref="MergeException">The description names no rule that can be repeated.</exception>
    public static CoefficientGranularity Parse(string description)
    {
        ArgumentNullException.ThrowIfNull(description);
        if (description == Isotropic.Description) return Isotropic;
        if (description == PerTensor.Description) return PerTensor;
        string[] settings = description.StartsWith("partition:", StringComparison.Ordinal) ? description["partition:".Length..].Split(',', '=') : [];
        if (settings is ["parts", { } parts, "only_matrices", { } matrices, "key", { } key, "seed", { } seed]
            && int.TryParse(parts, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && ulong.TryParse(seed, NumberStyles.None, CultureInfo.InvariantCulture, out ulong start))
        {
            return Partition(count, matrices == "true", key == "shape" ? PartitionKey.Shape : PartitionKey.Name, start);
        }

        throw new MergeException($"found the granularity '{description}', expected isotropic, per_tensor or partition:parts=K,only_matrices=true|false,key=shape|name,seed=N; give any other as an object.");
    }

    /// <inheritdoc/>
    public override string ToString() => Description;

    internal CoefficientBlocks Resolve(ModelState theta0) => _resolve(theta0);

    private static void RequireParts(int parts)
    {
        if (parts < 1) throw new MergeException($"found a partition of every tensor into {parts} parts, expected 1 or more.");
    }

    private static CoefficientBlocks Grouped(ModelState theta0, Func<string, string> groupOf)
    {
        var groups = new Dictionary<string, int>(StringComparer.Ordinal);
        int[] first = new int[theta0.Count];
        for (int tensor = 0; tensor < first.Length; tensor++)
        {
            string group = groupOf(theta0.Names[tensor]) ?? throw new MergeException($"the granularity gives tensor '{theta0.Names[tensor]}' no group, expected a name for every tensor.");
            if (!groups.TryGetValue(group, out first[tensor])) groups.Add(group, first[tensor] = groups.Count);
        }

        return new([.. groups.OrderBy(group => group.Value).Select(group => group.Key)], first, new int[]?[first.Length]);
    }

    private static CoefficientBlocks Divided(ModelState theta0, int parts, Func<string, Shape, int[]?> mapOf)
    {
        string[] names = new string[theta0.Count * parts];
        int[] first = new int[theta0.Count];
        int[]?[] maps = new int[]?[theta0.Count];
        for (int tensor = 0; tensor < first.Length; tensor++)
        {
            string name = theta0.Names[tensor];
            for (int part = 0; part < parts; part++) names[(tensor * parts) + part] = string.Create(CultureInfo.InvariantCulture, $"{name}#{part}");
            int[]? map = maps[tensor] = mapOf(name, theta0.ShapeOf(tensor));
            first[tensor] = map is null ? -1 : tensor * parts;
            if (map is not null && (map.Length != theta0[tensor].Length || Array.Exists(map, part => (uint)part >= (uint)parts)))
                throw new MergeException($"the partition of tensor '{name}' has {map.Length} elements, expected {theta0[tensor].Length} numbers in [0, {parts}).");
        }

        return new(names, first, maps, parts);
    }
}
