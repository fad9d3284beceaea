using Polymath.Learning.Configuration;

namespace Polymath.Reproductions;

/// <summary>The systems that can be run again.</summary>
/// <example><code>
/// foreach (PublishedSystem system in PublishedSystems.All) Console.WriteLine($"{system.Slug}: {system.Paper}");
/// </code></example>
public static class PublishedSystems
{
    /// <summary>All of them, in the order of their slugs.</summary>
    public static IReadOnlyList<PublishedSystem> All { get; } =
    [
        new ActiveMtrlLasso.ActiveRepresentation(),
        new AdaptiveMerging.EntropyMerging(),
        new AnisotropicScaling.KnowledgeComposition(),
        new Balancing.BalancerCatalogue(),
        new Balancing.BalancersOnTables(),
        new Dtrn.DtrnReproduction(),
        new FlatMtl.FlatRegionTraining(),
        new Home.HierarchyOfExperts(),
        new Tables.ModelsOnTables(),
        new MultiTab.MultiTabReproduction(),
        new Rmtgb.RobustMultiTaskBoosting(),
        new RepMtl.RepMtlReproduction(),
        new EmbeddingPosition.EmbeddingPositioning(),
        new Merging.TallMask.TallMaskReproduction(),
        new Merging.Twin.TwinReproduction(),
        new ZLoss.FactoredZLoss(),
    ];

    /// <summary>The system of a slug.</summary>
    /// <param name="slug">The short name, any case.</param>
    /// <exception cref="ReproductionException">Unknown; the nearest one is suggested.</exception>
    public static PublishedSystem Find(string slug)
    {
        ArgumentNullException.ThrowIfNull(slug);
        return All.FirstOrDefault(system => string.Equals(system.Slug, slug, StringComparison.OrdinalIgnoreCase))
            ?? throw new ReproductionException($"unknown system '{slug}'{NearestName.Suggest(slug, All.Select(system => system.Slug))}; 'polymath papers' lists them.");
    }
}
