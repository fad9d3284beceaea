using Polymath.Tensors;

namespace Polymath.Learning;

/// <summary>
/// A stack of hidden layers, each linear map, [batch or layer norm], activation, [dropout], and an optional final linear map. Children by default:
/// <c>layers.0.linear</c>, <c>layers.0.norm</c>, ..., <c>output</c>.
/// </summary>
/// <example><code>
/// var tower = new Mlp(16, new MlpOptions { Hidden = [32, 8], BatchNorm = true, OutputSize = 1 }, new RandomStream(1));
/// Tensor logits = tower.Forward(Tensor.Uniform(new RandomStream(2), new Shape(4, 16)));   // [4, 1]
/// </code></example>
public sealed class Mlp : Module
{
    private readonly Linear[] _linears;
    private readonly BatchNorm1d[] _norms;
    private readonly LayerNorm[] _layerNorms;
    private readonly Dropout? _dropout;
    private readonly LayerStack _stack;

    /// <summary>A stack.</summary>
    /// <param name="inputs">Width of the input, at least 1.</param>
    /// <param name="options">The layers. Without hidden layers and output size the module passes its input on.</param>
    /// <param name="random">Where the initial values come from.</param>
    public Mlp(int inputs, MlpOptions options, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        if (options.Checkpoint < 0) throw new ArgumentOutOfRangeException(nameof(options), $"Mlp: found segments of {options.Checkpoint} hidden layers to compute again, expected 0 (none) or more.");
        if (options is { BatchNorm: true, LayerNorm: true }) throw new ArgumentException("Mlp: found both batch and layer normalisation, expected one of them or none.", nameof(options));
        Options = options;
        Inputs = inputs;
        int count = options.Hidden.Count, width = inputs;
        _linears = new Linear[count];
        _norms = new BatchNorm1d[options.BatchNorm ? count : 0];
        _layerNorms = new LayerNorm[options.LayerNorm ? count : 0];
        for (int layer = 0; layer < count; layer++)
        {
            if (options.Hidden[layer] < 1) throw new ArgumentOutOfRangeException(nameof(options), $"Mlp: hidden layer {layer} has width {options.Hidden[layer]}, expected at least 1.");
            _linears[layer] = Add(options.Names.Linear(layer), new Linear(width, options.Hidden[layer], random, bias: true, options.Initializer, options.BiasInitializer));
            width = options.Hidden[layer];
            if (options.BatchNorm) _norms[layer] = Add(options.Names.Norm(layer), new BatchNorm1d(width));
            if (options.LayerNorm) _layerNorms[layer] = Add(options.Names.Norm(layer), new LayerNorm(width));
        }

        if (options.Dropout != 0f) _dropout = Add("dropout", new Dropout(options.Dropout));
        if (options.OutputSize is { } outputs)
        {
            Output = Add(options.Names.Output(count), new Linear(width, outputs, random, options.OutputBias, options.Initializer, options.BiasInitializer));
            width = outputs;
        }

        Outputs = width;
        _stack = new LayerStack(count, options.Checkpoint, RunLayer);
    }

    /// <summary>The layers as configured.</summary>
    public MlpOptions Options { get; }

    /// <summary>Width of the input.</summary>
    public int Inputs { get; }

    /// <summary>Width of what <see cref="Forward"/> returns.</summary>
    public int Outputs { get; }

    /// <summary>The linear maps of the hidden layers.</summary>
    public IReadOnlyList<Linear> Layers => _linears;

    /// <summary>The normalisations of the hidden layers; empty without batch norm.</summary>
    public IReadOnlyList<BatchNorm1d> Norms => _norms;

    /// <summary>The layer normalisations of the hidden layers; empty without layer norm.</summary>
    public IReadOnlyList<LayerNorm> LayerNorms => _layerNorms;

    /// <summary>The final linear map, or null.</summary>
    public Linear? Output { get; }

    /// <summary>Runs the stack.</summary>
    /// <param name="input">Shape <c>[rows, inputs]</c>; without batch norm also <c>[..., inputs]</c>.</param>
    /// <returns>Shape <c>[..., outputs]</c>.</returns>
    public Tensor Forward(Tensor input)
    {
        Tensor x = _stack.Forward(input);
        return Output is null ? x : Output.Forward(x);
    }

    private Tensor RunLayer(Tensor input, int layer)
    {
        Tensor x = _norms.Length > 0 ? _norms[layer].Forward(_linears[layer].Forward(input)).Apply(Options.Activation)
            : _layerNorms.Length > 0 ? _layerNorms[layer].Forward(_linears[layer].Forward(input)).Apply(Options.Activation)
            : _linears[layer].Forward(input, Options.Activation);
        return _dropout is null ? x : _dropout.Forward(x);
    }
}
