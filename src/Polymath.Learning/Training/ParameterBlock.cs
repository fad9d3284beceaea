using Polymath.Tensors;

namespace Polymath.Learning.Training;

/// <summary>
/// All trained values of a model in one contiguous span: first the parameters that several tasks share, then those a single task
/// owns, then what the balancer learns. Gradients and optimiser state use the same order.
/// </summary>
internal sealed class ParameterBlock
{
    private readonly Tensor _values;
    private readonly List<(string Name, Parameter Parameter, int Offset)> _places = [];

    public ParameterBlock(Module model, IReadOnlySet<string> shared, int learnable)
    {
        KeyValuePair<string, Parameter>[] all = [.. model.NamedParameters().Where(entry => entry.Value.Trainable)];
        KeyValuePair<string, Parameter>[] ordered = [.. all.Where(entry => shared.Contains(entry.Key)), .. all.Where(entry => !shared.Contains(entry.Key))];
        Layout = new ParameterLayout(
            ordered.Where(entry => shared.Contains(entry.Key)).Select(entry => LeafOf(entry.Value)),
            ordered.Where(entry => !shared.Contains(entry.Key)).Select(entry => LeafOf(entry.Value)));
        LearnableOffset = Layout.Count;
        _values = Layout.Pack(learnable);
        int offset = 0;
        List<int> tensors = [], modules = [];
        string module = string.Empty;
        foreach ((string name, Parameter parameter) in ordered)
        {
            _places.Add((name, parameter, offset));
            if (offset < Layout.SharedCount)
            {
                string owner = name[..Math.Max(0, name.LastIndexOf('.'))];
                if (tensors.Count == 0 || owner != module) modules.Add(offset);
                tensors.Add(offset);
                module = owner;
            }

            offset += LeafOf(parameter).Shape.Length;
        }

        (TensorStarts, ModuleStarts) = ([.. tensors], [.. modules]);
    }

    /// <summary>The leaf that stands for a parameter: the window of a table whose rows are trained only where a step touches them.</summary>
    public static Tensor LeafOf(Parameter parameter) => parameter.Window?.Values ?? parameter.Value;

    /// <summary>The windows among the values.</summary>
    public RowWindow[] Windows { get; private set; } = [];

    /// <summary>Tells the windows what a freshly prepared optimiser keeps.</summary>
    public void Attach(Optimization.Optimizer optimizer)
    {
        float[][] state = [.. optimizer.State.Select(entry => entry.Values)];
        foreach ((_, Parameter parameter, int offset) in _places) parameter.Window?.Attach(state, offset);
        Windows = [.. _places.Select(place => place.Parameter.Window).OfType<RowWindow>()];
    }

    /// <summary>Where the shared and the owned parameters lie.</summary>
    public ParameterLayout Layout { get; }

    /// <summary>All values.</summary>
    public Span<float> Values => _values.Span;

    /// <summary>First element of every shared parameter.</summary>
    public int[] TensorStarts { get; }

    /// <summary>First element of the shared parameters of every module.</summary>
    public int[] ModuleStarts { get; }

    /// <summary>Where the balancer's learned values begin.</summary>
    public int LearnableOffset { get; }

    /// <summary>Name, place and shape of every parameter, in block order.</summary>
    public IReadOnlyList<(string Name, Parameter Parameter, int Offset)> Places => _places;
}
