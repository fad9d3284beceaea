namespace Polymath.Merging.Methods;

/// <summary>The merge methods by name.</summary>
/// <example><code>
/// MergeMethod ties = MergeMethods.Find("ties");
/// </code></example>
public static class MergeMethods
{
    /// <summary>Every method, in the order of the documentation.</summary>
    public static IReadOnlyList<MergeMethod> All { get; } =
    [
        new Linear(),
        new UniformSoup(),
        new Slerp(),
        new NuSlerp(),
        new MultiSlerp(),
        new Karcher(),
        new TaskArithmetic(),
        new Ties(),
        new TiesGlobal(),
        new DareLinear(),
        new DareTies(),
        new Breadcrumbs(),
        new BreadcrumbsTies(),
        new Della(),
        new DellaLinear(),
        new Sce(),
        new ModelStock(),
        new NearSwap(),
        new ArceeFusion(),
        new Ram(),
        new RamPlus(),
        new ConsensusTaskArithmetic(),
        new ConsensusTies(),
        new DeltaGuided(),
        new Fisher(),
        new RegMean(),
        new Emr(),
        new IsoC(),
        new TsvM(),
        new Passthrough(),
    ];

    /// <summary>The method of a name.</summary>
    /// <param name="name">A name as in a configuration.</param>
    /// <exception cref="MergeException">There is none; near names are suggested.</exception>
    public static MergeMethod Find(string name)
        => All.FirstOrDefault(method => method.Name == name) ?? throw new MergeException($"unknown merge method '{name}'{Data.Suggestion.Tail(name, [.. All.Select(method => method.Name)])}");
}
