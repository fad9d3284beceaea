using Polymath.Merging.Configuration;

namespace Polymath.Merging.Planning;

/// <summary>One step of a merge in several stages.</summary>
/// <param name="Name">The name under which later stages refer to its output; null for the final one.</param>
/// <param name="Configuration">What is merged.</param>
public sealed record MergeStage(string? Name, MergeConfiguration Configuration)
{
    /// <summary>Orders the documents of a configuration so that every stage stands behind those whose output it merges; the final one is the last.</summary>
    /// <param name="documents">The documents; exactly one has no name.</param>
    /// <returns>The stages that the final one needs.</returns>
    /// <exception cref="MergeException">Names are missing or given twice, or stages refer to each other in a circle.</exception>
    public static IReadOnlyList<MergeStage> Order(IReadOnlyList<MergeConfiguration> documents)
    {
        ArgumentNullException.ThrowIfNull(documents);
        var named = new Dictionary<string, MergeConfiguration>(StringComparer.Ordinal);
        foreach (MergeConfiguration document in documents.Where(document => document.Name is not null))
        {
            if (!named.TryAdd(document.Name!, document)) throw new MergeException($"{document.At(document.Line)}: two stages have the name '{document.Name}', expected every name once.");
        }

        MergeConfiguration[] final = [.. documents.Where(document => document.Name is null)];
        if (final.Length == 0 && documents.Count == 1) final = [documents[0]];
        if (final.Length != 1) throw new MergeException($"{(documents.Count > 0 ? documents[0].File : "the configuration")}: {final.Length} of {documents.Count} documents have no name, expected exactly one, the final merge.");
        var order = new List<MergeStage>();
        var path = new List<string>();
        Visit(final[0], null);
        string[] unused = [.. named.Keys.Where(name => order.All(stage => stage.Configuration.Name != name))];
        if (unused.Length > 0) order[^1] = order[^1] with { Configuration = final[0] with { Warnings = [.. final[0].Warnings, .. unused.Select(name => $"{final[0].File}: no stage that the final merge needs refers to stage '{name}', so it is not run.")] } };
        return order;

        void Visit(MergeConfiguration configuration, string? name)
        {
            if (order.Any(stage => ReferenceEquals(stage.Configuration, configuration))) return;
            foreach (string used in ReferencesOf(configuration).Where(named.ContainsKey).Distinct())
            {
                if (path.Contains(used) || used == name) throw new MergeException($"{configuration.At(configuration.Line)}: the stages {string.Join(" -> ", [.. path.SkipWhile(step => step != used), used])} refer to each other in a circle, expected an order.");
                path.Add(used);
                Visit(named[used], used);
                path.RemoveAt(path.Count - 1);
            }

            order.Add(new(name, configuration));
        }
    }

    private static IEnumerable<string> ReferencesOf(MergeConfiguration configuration)
        => configuration.Entries.Select(entry => entry.Model)
            .Concat((configuration.Slices ?? []).Concat((configuration.Modules ?? []).SelectMany(module => module.Slices ?? [])).Select(slice => slice.Base).OfType<ModelReference>())
            .Concat(configuration.BaseModel is { } theta0 ? [theta0] : [])
            .SelectMany(reference => reference.Lora is { } lora ? new[] { reference.Model.Path, lora.Path } : [reference.Model.Path]);
}
