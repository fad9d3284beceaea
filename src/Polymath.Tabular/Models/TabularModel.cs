using System.Globalization;
using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>A network that answers all tasks for the rows of a table.</summary>
public abstract class TabularModel : MultiTaskModel
{
    /// <summary>A model for a schema and tasks.</summary>
    /// <exception cref="ModelException">A multi-class task does not say how many classes it has.</exception>
    protected TabularModel(FeatureSchema schema, TaskSet tasks)
        : base(tasks ?? throw new ArgumentNullException(nameof(tasks)))
    {
        ArgumentNullException.ThrowIfNull(schema);
        foreach (Target task in tasks)
        {
            if (task.Outputs < 1 || (task.Kind == TaskKind.MultiClass && task.ClassCount < 2)) throw new ModelException($"task '{task.Name}': found {task.ClassCount} classes, expected at least 2; give the number with Target.MultiClass(name, classes) or take it from the encoded table.");
        }

        Schema = schema;
    }

    /// <summary>The registry name: "mmoe".</summary>
    public abstract string Name { get; }

    /// <summary>The columns the model reads.</summary>
    public FeatureSchema Schema { get; }

    /// <summary>All options as text: what <see cref="TabularModels.Create"/> needs to build the same network again.</summary>
    public abstract IReadOnlyDictionary<string, string> OptionValues { get; }

    /// <summary>What a reader of results should know about the options as given: sizes that work but cannot be meant. Empty when there is nothing.</summary>
    public virtual IReadOnlyList<string> Notes => [];

    /// <summary>The size of the model, part by part.</summary>
    public ModelSummary Summary => ModelSummary.Of(Name, this, Parts());

    /// <summary>The parts of the model for its size table; parts of one name are added up.</summary>
    protected abstract IEnumerable<KeyValuePair<string, Module>> Parts();

    /// <summary>Adds one tower per task on top of a representation.</summary>
    internal Mlp[] AddTowers(int inputs, TabularOptions options, RandomStream random)
    {
        var towers = new Mlp[Tasks.Count];
        for (int t = 0; t < towers.Length; t++)
        {
            string name = Numbered("towers", t);
            towers[t] = Add(name, new Mlp(inputs, options.Tower(Tasks[t]), random.Derive(name)));
        }

        return towers;
    }

    /// <summary>Throws unless there is one output per task.</summary>
    protected void RequireOutputs(Span<Tensor> outputs)
    {
        if (outputs.Length != Tasks.Count) throw new ModelException($"{Name}: found room for {outputs.Length} outputs, expected {Tasks.Count} (one per task).");
    }

    internal static string Numbered(string name, int index) => string.Create(CultureInfo.InvariantCulture, $"{name}.{index}");

    internal static KeyValuePair<string, Module> Part(string name, Module module) => new(name, module);

    internal static RandomStream Initial(ulong seed) => new RandomStream(seed).Derive("init");
}
