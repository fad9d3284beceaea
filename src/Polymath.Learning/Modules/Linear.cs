using Polymath.Tensors;

namespace Polymath.Learning;

/// <summary>y = x W^T + b. Parameters: <c>weight</c> <c>[outputs, inputs]</c>, <c>bias</c> <c>[outputs]</c>.</summary>
/// <example><code>
/// var layer = new Linear(3, 2, new RandomStream(1));
/// Tensor y = layer.Forward(Tensor.Ones(4, 3));   // [4, 2]
/// </code></example>
public sealed class Linear : Module
{
    /// <summary>A linear map.</summary>
    /// <param name="inputs">Width of the input, at least 1.</param>
    /// <param name="outputs">Width of the output, at least 1.</param>
    /// <param name="random">Where the initial values come from.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="initializer">Draws the weight; null for U(-1/sqrt(inputs), 1/sqrt(inputs)), which then also draws the bias.</param>
    /// <param name="biasInitializer">Draws the bias; null for zeros when <paramref name="initializer"/> is given.</param>
    public Linear(int inputs, int outputs, RandomStream random, bool bias = true, Initializer? initializer = null, Initializer? biasInitializer = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        Inputs = inputs;
        Outputs = outputs;
        Weight = Register("weight", (initializer ?? Initializer.FanInUniform).Create([outputs, inputs], inputs, outputs, random));
        if (!bias) return;
        biasInitializer ??= initializer is null ? Initializer.FanInUniform : Initializer.Zeros;
        Bias = Register("bias", biasInitializer.Create([outputs], inputs, outputs, random));
    }

    /// <summary>Width of the input.</summary>
    public int Inputs { get; }

    /// <summary>Width of the output.</summary>
    public int Outputs { get; }

    /// <summary>W, <c>[outputs, inputs]</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>b, <c>[outputs]</c>, or null.</summary>
    public Parameter? Bias { get; }

    /// <summary>Called with the input of every forward pass, for statistics of what a layer sees; null for none.</summary>
    public Action<Tensor>? InputObserver { get; set; }

    /// <inheritdoc/>
    public override long FlopsPerRow => 2L * Inputs * Outputs;

    /// <summary>y = f(x W^T + b).</summary>
    /// <param name="input">Shape <c>[..., inputs]</c>.</param>
    /// <param name="activation">f, applied while the product is in the cache.</param>
    /// <returns>Shape <c>[..., outputs]</c>.</returns>
    /// <exception cref="TensorException">The last axis is not <see cref="Inputs"/> long.</exception>
    public Tensor Forward(Tensor input, Activation activation = Activation.Identity)
    {
        InputObserver?.Invoke(input);
        return Fused.Linear(input, Weight.Value, Bias is null ? default : Bias.Value, activation);
    }
}
