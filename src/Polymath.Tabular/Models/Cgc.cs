using Polymath.Learning;

namespace Polymath.Tabular;

/// <summary>
/// Customized gate control (Tang et al. 2020, section 4.1): every task mixes its own experts with shared ones; one <see cref="CgcLayer"/>,
/// then the towers.
/// </summary>
/// <example><code>
/// var tasks = new TaskSet(Target.Binary("click"), Target.Binary("buy"));
/// var model = new Cgc(FeatureSchema.Numeric(6), tasks, new CgcOptions { SharedExperts = 2, SpecificExperts = 1, ExpertHidden = [32] }, seed: 1);
/// </code></example>
public sealed class Cgc : ExtractionModel
{
    internal const string RegistryName = "cgc";

    private readonly CgcOptions _options;

    /// <summary>A model.</summary>
    /// <param name="schema">The columns.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="options">Sizes; null for the defaults.</param>
    /// <param name="seed">Key of the first weights.</param>
    /// <exception cref="ModelException">An option is out of range, or a task does not say how many classes it has.</exception>
    public Cgc(FeatureSchema schema, TaskSet tasks, CgcOptions? options = null, ulong seed = 0)
        : this(CgcOptions.Table.Check(options ?? new CgcOptions()), schema, tasks, seed)
    {
    }

    private Cgc(CgcOptions options, FeatureSchema schema, TaskSet tasks, ulong seed)
        : base(RegistryName, schema, tasks, options, [options.ExpertHidden], seed) => _options = options;

    /// <inheritdoc/>
    public override string Name => RegistryName;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> OptionValues => CgcOptions.Table.Write(_options);
}
