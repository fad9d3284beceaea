using Polymath.Learning;
using Polymath.Merging.TaskVectors;
using Polymath.Tensors;
using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Merging.Statistics;

/// <summary>
/// Collects the Gram matrices G = X^T X / rows of what linear layers see, for <see cref="RegMeanMerging"/>: attach it, run some inputs through the network,
/// and take the matrices. They hold no example, only second moments.
/// </summary>
/// <example><code>
/// using var collector = GramCollector.Attach(network);
/// foreach (Tensor batch in batches) network.Forward(batch);
/// collector.ToState().Save("gram.safetensors");   // for the method "regmean" of a configuration
/// </code></example>
public sealed class GramCollector : IDisposable
{
    private readonly SortedDictionary<string, Layer> _layers = new(StringComparer.Ordinal);
    private readonly List<Linear> _attached = [];

    /// <summary>A collector of every <see cref="Linear"/> layer below a module.</summary>
    /// <param name="module">The network.</param>
    public static GramCollector Attach(Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        var collector = new GramCollector();
        foreach ((string name, Module part) in module.NamedModules())
        {
            if (part is not Linear linear) continue;
            linear.InputObserver = input => collector.Add(name, input);
            collector._attached.Add(linear);
        }

        return collector;
    }

    /// <summary>Adds the inputs of a layer, for networks whose layers are not <see cref="Linear"/>.</summary>
    /// <param name="layer">The layer's name: that of its weight without ".weight".</param>
    /// <param name="input">Shape <c>[..., inputs]</c>; every row counts.</param>
    /// <exception cref="MergeException">The layer had inputs of another width.</exception>
    public void Add(string layer, Tensor input)
    {
        ArgumentException.ThrowIfNullOrEmpty(layer);
        int inputs = input.Shape.Axis[^1], rows = input.Shape.Length / Math.Max(1, inputs);
        if (!_layers.TryGetValue(layer, out Layer? held)) _layers.Add(layer, held = new Layer(inputs));
        if (held.Inputs != inputs) throw new MergeException($"layer '{layer}': found inputs of width {inputs}, expected {held.Inputs} as before.");
        double[] wide = new double[input.Shape.Length];
        ReadOnlySpan<float> values = input.Span;
        for (int i = 0; i < wide.Length; i++) wide[i] = values[i];
        MatrixProduct.Multiply(wide, wide, held.Sum, inputs, inputs, rows, transposeLeft: true, accumulate: true);
        held.Rows += rows;
    }

    /// <summary>The Gram matrices <c>[inputs, inputs]</c> by layer name.</summary>
    /// <exception cref="MergeException">Nothing was collected.</exception>
    public ModelState ToState()
    {
        if (_layers.Count == 0) throw new MergeException("no linear layer has seen an input, expected one or more; run some inputs through the network first.");
        return new(_layers.Select(layer => (layer.Key, new Shape(layer.Value.Inputs, layer.Value.Inputs), Array.ConvertAll(layer.Value.Sum, sum => (float)(sum / Math.Max(1, layer.Value.Rows))))));
    }

    /// <summary>Detaches from the network; what was collected stays.</summary>
    public void Dispose()
    {
        foreach (Linear linear in _attached) linear.InputObserver = null;
        _attached.Clear();
    }

    private sealed class Layer(int inputs)
    {
        public int Inputs => inputs;

        public double[] Sum { get; } = new double[inputs * inputs];

        public long Rows { get; set; }
    }
}
