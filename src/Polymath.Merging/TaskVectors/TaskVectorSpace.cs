using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Merging.TaskVectors;

/// <summary>
/// The models theta(c) = theta_0 + sum_v sum_b c[v, b] tau_v,b as a differentiable function of the coefficients c: the weights are composed in place
/// in a module, one ordinary backward sweep gives dL/dtheta, and dL/dc[v, b] is the inner product of dL/dtheta with tau_v over block b. The T task
/// vectors are only read, once for the weights and once for the gradient; they never enter the tape.
/// </summary>
/// <remarks>
/// Coefficients are one flat array, [vector, block] row-major, so that every <see cref="Learning.Optimization.Optimizer"/> and
/// <see cref="Learning.Optimization.GradientClipping"/> take them as they are. While the space is open the module is in evaluation mode (no dropout,
/// running statistics of the base); closing it puts theta_0 and the mode back.
/// </remarks>
/// <example><code>
/// using var space = new TaskVectorSpace(network, pool, CoefficientGranularity.PerTensor);
/// float[] coefficients = new float[space.Count], gradient = new float[space.Count];
/// var optimizer = new AdamW(0.1, weightDecay: 0.1);
/// using var tape = new Tape();
/// for (int step = 0; step &lt; 100; step++, tape.Reset())
/// {
///     space.Compose(coefficients);
///     space.Gradient(tape, [Loss(network)], [1], gradient);
///     optimizer.Step(coefficients, gradient);
/// }
///
/// ModelState merged = space.Merge(coefficients);
/// </code></example>
public sealed class TaskVectorSpace : IDisposable, IWeightTensors
{
    private readonly Module _module;
    private readonly Tensor[] _parameters;
    private readonly BlockComposition _composition;
    private readonly TaskGradients _weights;
    private readonly bool _training;

    /// <summary>Opens a space on a module.</summary>
    /// <param name="module">A network with the parameters of the pool's base; its weights are overwritten.</param>
    /// <param name="pool">theta_0 and the task vectors.</param>
    /// <param name="granularity">How finely the vectors are scaled.</param>
    /// <exception cref="MergeException">The module's parameters differ from the base's tensors in name or shape.</exception>
    public TaskVectorSpace(Module module, TaskVectorPool pool, CoefficientGranularity granularity)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(granularity);
        (_module, Pool, Granularity, _training) = (module, pool, granularity, module.Training);
        pool.Theta0.CopyTo(module);
        var parameters = module.NamedParameters().ToDictionary(entry => entry.Key, entry => entry.Value.Value);
        _parameters = [.. pool.Theta0.Names.Select(name => parameters[name])];
        Blocks = granularity.Resolve(pool.Theta0);
        _composition = new BlockComposition(pool, Blocks);
        _weights = new TaskGradients(new ParameterLayout(_parameters, []));
        module.Evaluate();
    }

    /// <summary>theta_0 and the task vectors.</summary>
    public TaskVectorPool Pool { get; }

    /// <summary>How finely the vectors are scaled.</summary>
    public CoefficientGranularity Granularity { get; }

    /// <summary>Number of coefficients: vectors times blocks.</summary>
    public int Count => _composition.Count;

    /// <summary>The names of the blocks: tensors, groups, or parts of tensors ("layers.0.linear.weight#2").</summary>
    public IReadOnlyList<string> BlockNames => Blocks.Names;

    internal CoefficientBlocks Blocks { get; }

    /// <summary>Writes theta(c) into the module.</summary>
    /// <param name="coefficients">c, [vectors, blocks].</param>
    /// <exception cref="ArgumentException">Another number of coefficients.</exception>
    public void Compose(ReadOnlySpan<float> coefficients)
    {
        RequireCount(coefficients.Length, nameof(coefficients));
        _composition.Compose(coefficients, this);
    }

    /// <summary>The gradient of a weighted sum of losses with respect to the coefficients, at the weights last composed.</summary>
    /// <param name="tape">The tape on which the losses were recorded; its record is over afterwards, the losses stay readable.</param>
    /// <param name="losses">Tensors of one element.</param>
    /// <param name="weights">The weight of each loss.</param>
    /// <param name="gradient">[vectors, blocks], overwritten.</param>
    /// <exception cref="ArgumentException">Another number of coefficients.</exception>
    /// <exception cref="TensorException">A loss is not a scalar of this tape.</exception>
    public void Gradient(Tape tape, ReadOnlySpan<Tensor> losses, ReadOnlySpan<double> weights, Span<float> gradient)
    {
        ArgumentNullException.ThrowIfNull(tape);
        RequireCount(gradient.Length, nameof(gradient));
        tape.Backward(losses, weights, _weights, release: true);
        _composition.Dots(_weights.Flat, gradient);
    }

    /// <summary>theta(c) as a model of its own; the module is left as it is.</summary>
    /// <param name="coefficients">c, [vectors, blocks].</param>
    /// <exception cref="ArgumentException">Another number of coefficients.</exception>
    public ModelState Merge(ReadOnlySpan<float> coefficients)
    {
        RequireCount(coefficients.Length, nameof(coefficients));
        return Merge(Pool, _composition, coefficients);
    }

    /// <summary>The coefficients under the names of their vectors and blocks.</summary>
    /// <param name="coefficients">c, [vectors, blocks]; copied.</param>
    public CoefficientTable Table(ReadOnlySpan<float> coefficients)
    {
        RequireCount(coefficients.Length, nameof(coefficients));
        return new(Pool.Names, Blocks.Names, coefficients.ToArray(), Granularity, CoefficientTable.GroupsOf(Granularity, Blocks, Pool.Theta0));
    }

    /// <summary>Puts theta_0 and the module's mode back.</summary>
    public void Dispose()
    {
        Pool.Theta0.CopyTo(_module);
        if (_training) _module.Train();
    }

    Span<float> IWeightTensors.Values(int tensor) => _parameters[tensor].Span;

    internal static ModelState Merge(TaskVectorPool pool, BlockComposition composition, ReadOnlySpan<float> coefficients)
    {
        ModelState merged = pool.Theta0.Clone();
        composition.Compose(coefficients, new StateTensors(merged));
        return merged;
    }

    private void RequireCount(int found, string name)
    {
        if (found != Count) throw new ArgumentException($"TaskVectorSpace: found {found} coefficients, expected {Count}: {Pool.Count} vectors with {Blocks.Names.Length} blocks.", name);
    }

    private sealed class StateTensors(ModelState state) : IWeightTensors
    {
        public Span<float> Values(int tensor) => state[tensor];
    }
}
