using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Merging.Twin;

/// <summary>An <see cref="Mlp"/> whose weights are those of a twin model, mixed per example in low-rank form.</summary>
/// <remarks>For inference: nothing is recorded for gradients but the input's. Other modules can be built of <see cref="TwinLinear"/>, or run with <see cref="MaterialisedPrediction"/>.</remarks>
/// <example><code>
/// var mixed = new TwinMlp(twin, encoder);
/// Tensor codes = mixed.Forward(images, mixture);   // mixture: [rows, tasks]
/// </code></example>
public sealed class TwinMlp
{
    private readonly Mlp _network;
    private readonly TwinLinear[] _layers;
    private readonly TwinLinear? _output;

    /// <summary>A network.</summary>
    /// <param name="twin">The model; its tensors have the names of the network's parameters.</param>
    /// <param name="network">The layers; its weights are not used.</param>
    /// <exception cref="MergeException">The network has batch normalisation, which has statistics of its own per task, or tensors are missing.</exception>
    public TwinMlp(TwinModel twin, Mlp network)
    {
        ArgumentNullException.ThrowIfNull(twin);
        ArgumentNullException.ThrowIfNull(network);
        if (network.Norms.Count > 0) throw new MergeException("the network has batch normalisation, whose running statistics cannot be mixed; run it with materialised weights.");
        _network = network;
        Dictionary<Parameter, string> names = network.NamedParameters().ToDictionary(entry => entry.Value, entry => entry.Key);
        _layers = [.. network.Layers.Select(Map)];
        _output = network.Output is { } output ? Map(output) : null;

        TwinLinear Map(Linear linear) => new(twin, names[linear.Weight], linear.Bias is { } bias ? names[bias] : null);
    }

    /// <summary>Runs rows, each with its own mixture.</summary>
    /// <param name="input">Shape <c>[rows, inputs]</c>.</param>
    /// <param name="mixture">w, <c>[rows, tasks]</c>.</param>
    /// <param name="ownership">1 for the task whose own tensors a row uses, <c>[rows, tasks]</c>; empty for those of the base.</param>
    /// <returns>Shape <c>[rows, outputs]</c>.</returns>
    public Tensor Forward(Tensor input, Tensor mixture, Tensor ownership = default)
    {
        Tensor x = input;
        foreach (TwinLinear layer in _layers) x = layer.Forward(x, mixture, ownership).Apply(_network.Options.Activation);
        return _output is null ? x : _output.Forward(x, mixture, ownership);
    }
}
