using Polymath.Learning;

namespace Polymath.Tabular;

/// <summary>A registered model: where it comes from and what can be set.</summary>
public sealed class ModelDescriptor
{
    private readonly Func<FeatureSchema, TaskSet, IReadOnlyDictionary<string, string>, ulong, TabularModel> _factory;
    private readonly Action<IReadOnlyDictionary<string, string>> _check;

    private ModelDescriptor(string name, string title, string paper, IReadOnlyList<ModelOption> options, Func<FeatureSchema, TaskSet, IReadOnlyDictionary<string, string>, ulong, TabularModel> factory, Action<IReadOnlyDictionary<string, string>> check)
    {
        Name = name;
        Title = title;
        Paper = paper;
        Options = options;
        _factory = factory;
        _check = check;
    }

    /// <summary>The registry name: "mmoe".</summary>
    public string Name { get; }

    /// <summary>The model's name in full.</summary>
    public string Title { get; }

    /// <summary>The source.</summary>
    public string Paper { get; }

    /// <summary>What can be set, with type, default, range and meaning.</summary>
    public IReadOnlyList<ModelOption> Options { get; }

    /// <summary>Whether the tasks have to be the steps of a funnel: at least two, binary, each possible only after the one before.</summary>
    public bool TakesFunnel { get; private init; }

    /// <summary>Makes a model.</summary>
    /// <param name="schema">The columns.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="options">Options as text; null or missing ones take their defaults.</param>
    /// <param name="seed">Key of the first weights.</param>
    /// <exception cref="ModelException">An unknown option (the nearest known one is suggested), or a value out of range.</exception>
    public TabularModel Create(FeatureSchema schema, TaskSet tasks, IReadOnlyDictionary<string, string>? options = null, ulong seed = 0)
        => _factory(schema, tasks, options ?? new Dictionary<string, string>(), seed);

    /// <summary>Throws unless the options are ones that the model has, with values in range; whether it suits some tasks shows when it is made.</summary>
    /// <param name="options">Options as text.</param>
    /// <exception cref="ModelException">An unknown option (the nearest known one is suggested), or a value out of range.</exception>
    public void Check(IReadOnlyDictionary<string, string> options) => _check(options);

    internal static ModelDescriptor Of<T>(string name, string title, string paper, OptionTable<T> table, Func<FeatureSchema, TaskSet, T, ulong, TabularModel> create, bool takesFunnel = false)
        where T : TabularOptions
        => new(name, title, paper, table.Options, (schema, tasks, options, seed) => create(schema, tasks, table.Parse(options), seed), options => table.Parse(options)) { TakesFunnel = takesFunnel };
}
