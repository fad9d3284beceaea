using Polymath.Learning;
using Polymath.Learning.Configuration;

namespace Polymath.Tabular;

/// <summary>The registry of tabular models.</summary>
/// <example><code>
/// var tasks = new TaskSet(Target.Binary("click"), Target.Binary("buy"));
/// var options = new Dictionary&lt;string, string&gt; { ["experts"] = "4", ["expert-hidden"] = "64/32" };
/// TabularModel model = TabularModels.Create("mmoe", FeatureSchema.Numeric(6), tasks, options, seed: 1);
/// foreach (ModelDescriptor known in TabularModels.All) Console.WriteLine($"{known.Name}: {known.Paper}");
/// </code></example>
public static class TabularModels
{
    private const string PlePaper = "Tang et al. 2020, Progressive Layered Extraction (PLE): A Novel Multi-Task Learning Model for Personalized Recommendations, RecSys";

    /// <summary>Every model, in the order of the documentation.</summary>
    public static IReadOnlyList<ModelDescriptor> All { get; } =
    [
        ModelDescriptor.Of(SharedBottom.RegistryName, "Shared bottom (hard parameter sharing)", "Caruana 1997, Multitask Learning, Machine Learning 28", SharedBottomOptions.Table, static (schema, tasks, options, seed) => new SharedBottom(schema, tasks, options, seed)),
        ModelDescriptor.Of(SingleTask.RegistryName, "One network per task (baseline)", "no sharing; the reference of every multi-task gain", SingleTaskOptions.Table, static (schema, tasks, options, seed) => new SingleTask(schema, tasks, options, seed)),
        ModelDescriptor.Of(CrossStitch.RegistryName, "Cross-stitch networks", "Misra et al. 2016, Cross-stitch Networks for Multi-task Learning, CVPR", CrossStitchOptions.Table, static (schema, tasks, options, seed) => new CrossStitch(schema, tasks, options, seed)),
        ModelDescriptor.Of(MMoE.OneGateName, "One-gate mixture of experts", "Ma et al. 2018, Modeling Task Relationships in Multi-task Learning with Multi-gate Mixture-of-Experts, KDD, section 4.1", MMoEOptions.OneGateTable, static (schema, tasks, options, seed) => new MMoE(schema, tasks, options, seed)),
        ModelDescriptor.Of(MMoE.RegistryName, "Multi-gate mixture of experts", "Ma et al. 2018, Modeling Task Relationships in Multi-task Learning with Multi-gate Mixture-of-Experts, KDD, section 4.2", MMoEOptions.Table, static (schema, tasks, options, seed) => new MMoE(schema, tasks, options, seed)),
        ModelDescriptor.Of(Cgc.RegistryName, "Customized gate control", PlePaper + ", section 4.1", CgcOptions.Table, static (schema, tasks, options, seed) => new Cgc(schema, tasks, options, seed)),
        ModelDescriptor.Of(Ple.RegistryName, "Progressive layered extraction", PlePaper + ", section 4.2", PleOptions.Table, static (schema, tasks, options, seed) => new Ple(schema, tasks, options, seed)),
        ModelDescriptor.Of(DSelectK.RegistryName, "Mixture of at most k experts per task", "Hazimeh et al. 2021, DSelect-k: Differentiable Selection in the Mixture of Experts with Applications to Multi-Task Learning, NeurIPS", DSelectKOptions.Table, static (schema, tasks, options, seed) => new DSelectK(schema, tasks, options, seed)),
        ModelDescriptor.Of(Stem.RegistryName, "Shared and task-specific embeddings", "Su et al. 2024, STEM: Unleashing the Power of Embeddings for Multi-Task Recommendation, AAAI", StemOptions.Table, static (schema, tasks, options, seed) => new Stem(schema, tasks, options, seed)),
        ModelDescriptor.Of(Esmm.RegistryName, "Entire-space multi-task model (a funnel of binary tasks)", "Ma et al. 2018, Entire Space Multi-Task Model: An Effective Approach for Estimating Post-Click Conversion Rate, SIGIR", EsmmOptions.Table, static (schema, tasks, options, seed) => new Esmm(schema, tasks, options, seed), takesFunnel: true),
        ModelDescriptor.Of(Aitm.RegistryName, "Adaptive information transfer (a funnel of binary tasks)", "Xi et al. 2021, Modeling the Sequential Dependence among Audience Multi-step Conversions with Multi-task Learning in Targeted Display Advertising, KDD", AitmOptions.Table, static (schema, tasks, options, seed) => new Aitm(schema, tasks, options, seed), takesFunnel: true),
        ModelDescriptor.Of(HoME.RegistryName, "Hierarchy of multi-gate experts", "Wang et al. 2025, HoME: Hierarchy of Multi-Gate Experts for Multi-Task Learning at Kuaishou, KDD", HoMEOptions.Table, static (schema, tasks, options, seed) => new HoME(schema, tasks, options, seed)),
        ModelDescriptor.Of(Dtrn.RegistryName, "Deep task-specific bottom representation network", "Liu et al. 2023, Deep Task-specific Bottom Representation Network for Multi-Task Recommendation, CIKM, arXiv 2308.05996", DtrnOptions.Table, static (schema, tasks, options, seed) => new Dtrn(schema, tasks, options, seed)),
        ModelDescriptor.Of(MultiTabNet.RegistryName, "MultiTab-Net", "Sinodinos et al. 2026, MultiTab: A Scalable Foundation for Multitask Learning on Tabular Data, AAAI", MultiTabNetOptions.Table, static (schema, tasks, options, seed) => new MultiTabNet(schema, tasks, options, seed)),
        ModelDescriptor.Of(FtTransformer.RegistryName, "FT-Transformer, one per task (baseline)", "Gorishniy et al. 2021, Revisiting Deep Learning Models for Tabular Data, NeurIPS", FtTransformerOptions.Table, static (schema, tasks, options, seed) => new FtTransformer(schema, tasks, options, seed)),
        ModelDescriptor.Of(Saint.RegistryName, "SAINT, one per task (baseline)", "Somepalli et al. 2021, SAINT: Improved Neural Networks for Tabular Data via Row Attention and Contrastive Pre-Training", SaintOptions.Table, static (schema, tasks, options, seed) => new Saint(schema, tasks, options, seed)),
        ModelDescriptor.Of(TabTransformer.RegistryName, "TabTransformer, one per task (baseline)", "Huang et al. 2020, TabTransformer: Tabular Data Modeling Using Contextual Embeddings", TabTransformerOptions.Table, static (schema, tasks, options, seed) => new TabTransformer(schema, tasks, options, seed)),
    ];

    /// <summary>The descriptor of a name.</summary>
    /// <param name="name">A registry name, any case.</param>
    /// <exception cref="ModelException">Unknown name; the message suggests the nearest and lists all.</exception>
    public static ModelDescriptor Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string wanted = name.Trim();
        return All.FirstOrDefault(model => WrittenName.Is(model.Name, wanted))
            ?? throw new ModelException($"unknown model '{wanted}'{NearestName.Hint(wanted, All.Select(model => model.Name))}; known: {string.Join(", ", All.Select(model => model.Name))}.");
    }

    /// <summary>Makes a model by name.</summary>
    /// <param name="name">A registry name, any case.</param>
    /// <param name="schema">The columns.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="options">Options as text (see <see cref="ModelDescriptor.Options"/>); null or missing ones take their defaults.</param>
    /// <param name="seed">Key of the first weights.</param>
    /// <exception cref="ModelException">Unknown name or option, or a value out of range.</exception>
    public static TabularModel Create(string name, FeatureSchema schema, TaskSet tasks, IReadOnlyDictionary<string, string>? options = null, ulong seed = 0)
        => Find(name).Create(schema, tasks, options, seed);
}
