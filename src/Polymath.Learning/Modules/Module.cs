using Polymath.Tensors;

namespace Polymath.Learning;

/// <summary>
/// Parameters, buffers and child modules under names; a derived class adds a <c>Forward</c>. Dotted names
/// (<c>experts.0.linear.weight</c>) are the names in the saved file, and registration order is parameter order.
/// </summary>
public abstract class Module
{
    private readonly List<(string Name, Parameter Parameter)> _parameters = [];
    private readonly List<(string Name, Tensor Buffer)> _buffers = [];
    private readonly List<(string Name, Module Module)> _children = [];

    /// <summary>True while training: dropout drops and batch normalisation uses the batch.</summary>
    public bool Training { get; private set; } = true;

    /// <summary>True while a batch is run again only to be looked at: batch normalisation uses the batch but leaves its running statistics alone.</summary>
    public bool StatisticsFrozen { get; private set; }

    /// <summary>The stream behind random layers. The trainer sets its position before every step, so a resumed run draws the same.</summary>
    public RandomStream Random { get; private set; } = new(0);

    /// <summary>Number of trained values.</summary>
    public long ParameterCount => NamedParameters().Sum(entry => (long)entry.Value.Shape.Length);

    /// <summary>Multiplications and additions for one input row (two per weight of a linear map); activations are not counted.</summary>
    public virtual long FlopsPerRow => _children.Sum(child => child.Module.FlopsPerRow);

    /// <summary>All parameters with dotted names, in registration order.</summary>
    public IEnumerable<KeyValuePair<string, Parameter>> NamedParameters() => Walk(string.Empty, static module => module._parameters);

    /// <summary>All buffers (running statistics) with dotted names, in registration order.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> NamedBuffers() => Walk(string.Empty, static module => module._buffers);

    /// <summary>Every module below this one by its name, parents before their children.</summary>
    public IEnumerable<KeyValuePair<string, Module>> NamedModules()
    {
        foreach ((string name, Module child) in _children)
        {
            yield return new KeyValuePair<string, Module>(name, child);
            foreach ((string inner, Module module) in child.NamedModules()) yield return new KeyValuePair<string, Module>($"{name}.{inner}", module);
        }
    }

    /// <summary>Switches this module and its children to training.</summary>
    public void Train() => SetTraining(true);

    /// <summary>Switches this module and its children to inference.</summary>
    public void Evaluate() => SetTraining(false);

    /// <summary>Sets <see cref="StatisticsFrozen"/> of this module and its children.</summary>
    public void FreezeStatistics(bool frozen)
    {
        StatisticsFrozen = frozen;
        foreach ((_, Module child) in _children) child.FreezeStatistics(frozen);
    }

    /// <summary>Gives this module and its children one random stream.</summary>
    public void SetRandom(RandomStream random)
    {
        Random = random;
        foreach ((_, Module child) in _children) child.SetRandom(random);
    }

    /// <summary>This module and everything below it.</summary>
    internal IEnumerable<Module> Descend() => _children.SelectMany(child => child.Module.Descend()).Prepend(this);

    /// <summary>Registers a parameter; its initial value is copied.</summary>
    /// <exception cref="ArgumentException">The name is empty, holds a dot, or is taken.</exception>
    protected Parameter Register(string name, Tensor initial)
    {
        RequireFree(name);
        var parameter = new Parameter(initial.Keep().WithGradient());
        _parameters.Add((name, parameter));
        return parameter;
    }

    /// <summary>Registers a saved tensor that is not trained.</summary>
    protected Tensor RegisterBuffer(string name, Tensor initial)
    {
        RequireFree(name);
        Tensor buffer = initial.Keep();
        _buffers.Add((name, buffer));
        return buffer;
    }

    /// <summary>Registers a child; dots in the name are allowed (<c>experts.0</c>).</summary>
    protected T Add<T>(string name, T child)
        where T : Module
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (_children.Exists(other => other.Name == name)) throw new ArgumentException($"{GetType().Name}: the name '{name}' is taken.", nameof(name));
        _children.Add((name, child));
        return child;
    }

    private void RequireFree(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Contains('.', StringComparison.Ordinal)) throw new ArgumentException($"{GetType().Name}: the name '{name}' holds a dot.", nameof(name));
        if (_parameters.Exists(other => other.Name == name) || _buffers.Exists(other => other.Name == name)) throw new ArgumentException($"{GetType().Name}: the name '{name}' is taken.", nameof(name));
    }

    private void SetTraining(bool training)
    {
        Training = training;
        foreach ((_, Module child) in _children) child.SetTraining(training);
    }

    private IEnumerable<KeyValuePair<string, T>> Walk<T>(string prefix, Func<Module, List<(string Name, T Item)>> items)
    {
        foreach ((string name, T item) in items(this)) yield return new KeyValuePair<string, T>(prefix + name, item);
        foreach ((string name, Module child) in _children)
        {
            foreach (KeyValuePair<string, T> entry in child.Walk($"{prefix}{name}.", items)) yield return entry;
        }
    }
}
