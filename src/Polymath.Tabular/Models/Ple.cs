using Polymath.Learning;

namespace Polymath.Tabular;

/// <summary>
/// Progressive layered extraction (Tang et al. 2020, section 4.2): several <see cref="CgcLayer"/>s on top of each other, each task and the
/// shared experts on a stream of their own, then the towers.
/// </summary>
/// <example><code>
/// var tasks = new TaskSet(Target.Binary("click"), Target.Binary("buy"));
/// var model = new Ple(FeatureSchema.Numeric(6), tasks, new PleOptions { Levels = 2, ExpertHidden = [32] }, seed: 1);
/// </code></example>
public sealed class Ple : ExtractionModel
{
    internal const string RegistryName = "ple";

    private readonly PleOptions _options;

    /// <summary>A model.</summary>
    /// <param name="schema">The columns.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="options">Sizes; null for the defaults.</param>
    /// <param name="seed">Key of the first weights.</param>
    /// <exception cref="ModelException">An option is out of range, or a task does not say how many classes it has.</exception>
    public Ple(FeatureSchema schema, TaskSet tasks, PleOptions? options = null, ulong seed = 0)
        : this(PleOptions.Table.Check(options ?? new PleOptions()), schema, tasks, seed)
    {
    }

    private Ple(PleOptions options, FeatureSchema schema, TaskSet tasks, ulong seed)
        : base(RegistryName, schema, tasks, options, options.ExpertsByLevel, seed) => _options = options;

    /// <inheritdoc/>
    public override string Name => RegistryName;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> OptionValues => PleOptions.Table.Write(_options);
}
