using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// A transformer layer that normalises first: h = x + drop(attend(norm1(x))), y = h + linear2(drop(gelu(linear1(norm2(h))))) with the exact
/// GELU and no normalisation at the end (models/layers.py of MultiTab). Children: <c>norm1</c>, <c>attention</c>, <c>norm2</c>,
/// <c>linear1</c>, <c>linear2</c>.
/// </summary>
/// <example><code>
/// var layer = new TransformerEncoderLayer(new TransformerEncoderLayerOptions { Width = 16, FeedForward = 32 }, new RandomStream(1));
/// Tensor x = Tensor.Normal(new RandomStream(2), new Shape(3, 7, 16));
/// Tensor y = layer.Forward(x, TaskMasks.Create(7, 2, TaskMask.TaskToTask));   // [3, 7, 16]
/// </code></example>
public sealed class TransformerEncoderLayer : Module
{
    private readonly TransformerEncoderLayerOptions _options;
    private readonly MultiheadAttention? _attention;
    private readonly ValueMaps? _values;
    private readonly LayerNorm _norm1, _norm2;
    private readonly Linear _linear1, _linear2;
    private readonly Dropout? _dropout;

    /// <summary>A layer.</summary>
    /// <param name="options">The sizes.</param>
    /// <param name="random">Where the initial values come from.</param>
    /// <exception cref="ModelException">The width does not divide into the heads, or is too large.</exception>
    public TransformerEncoderLayer(TransformerEncoderLayerOptions options, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        _options = options;
        int width = options.Width;
        if (options.Heads < 1 || width < 1 || width % options.Heads != 0) throw new ModelException($"TransformerEncoderLayer: found a width of {width} for {options.Heads} heads, expected a multiple of the heads.");
        if (options.Mode == RowMode.RopeAttention && width / options.Heads % 2 != 0) throw new ModelException($"TransformerEncoderLayer: found {width / options.Heads} values per head, expected an even number for rotary positions.");
        if (3L * width * Math.Max(width, options.FeedForward) > int.MaxValue) throw new ModelException($"TransformerEncoderLayer: a width of {width} makes maps of more than {int.MaxValue} weights; give the table fewer columns or the tokens a smaller width.");

        RandomStream maps = random.Derive("attention");
        _norm1 = Add("norm1", new LayerNorm(width));
        if (options.Mode == RowMode.ValueOnly) _values = Add("attention", new ValueMaps(width, maps, options.Initializer));
        else _attention = Add("attention", new MultiheadAttention(width, options.Heads, maps, options.AttentionDropout, InputInitializer(options), options.Initializer));
        _norm2 = Add("norm2", new LayerNorm(width));
        _linear1 = Add("linear1", new Linear(width, options.FeedForward, random.Derive("linear1"), bias: true, options.Initializer));
        _linear2 = Add("linear2", new Linear(options.FeedForward, width, random.Derive("linear2"), bias: true, options.Initializer));
        if (options.Dropout != 0f) _dropout = Add("dropout", new Dropout(options.Dropout));
    }

    /// <summary>Of all positions of a row; products between the rows of a batch depend on their number and are not counted.</summary>
    public override long FlopsPerRow
    {
        get
        {
            long positions = _options.PositionsPerRow, width = _options.Width;
            return (positions * base.FlopsPerRow) + (positions > 1 ? 4 * positions * positions * width : 0);
        }
    }

    /// <summary>Runs the layer.</summary>
    /// <param name="input">Shape <c>[batch, length, width]</c>.</param>
    /// <param name="mask">Shape <c>[length, length]</c> (query, key), 1 where blocked; default for none. Not used by <see cref="RowMode.ValueOnly"/>.</param>
    /// <returns>Shape <c>[batch, length, width]</c>.</returns>
    /// <exception cref="TensorException">Wrong shapes.</exception>
    public Tensor Forward(Tensor input, Tensor mask = default)
    {
        Tensor normal = _norm1.Forward(input);
        Tensor attended = _values is not null ? _values.Forward(normal) : _options.Mode == RowMode.RopeAttention ? Attention.ForwardRotary(normal, mask) : Attention.Forward(normal, mask);
        return Finish(input, attended, _options.Width);
    }

    /// <summary>The first positions of what <see cref="Forward"/> gives; the others are seen, but nothing is computed for them.</summary>
    internal Tensor ForwardPositions(Tensor input, Tensor mask, int positions)
    {
        if (positions == input.Shape[1]) return Forward(input, mask);
        Tensor normal = _norm1.Forward(input);
        Tensor attended = Attention.Forward(normal.Slice(1, 0, positions), normal, normal, mask.IsEmpty ? default : mask.Slice(0, 0, positions));
        return Finish(input.Slice(1, 0, positions), attended, _options.Width);
    }

    /// <summary>The first values of every position of what <see cref="Forward"/> gives, for a layer whose positions do not see each other.</summary>
    internal Tensor ForwardValues(Tensor input, int values) => Finish(input, _values!.Forward(_norm1.Forward(input)), values);

    /// <summary>The attention weights of this layer.</summary>
    /// <param name="input">Shape <c>[batch, length, width]</c>.</param>
    /// <param name="mask">Shape <c>[length, length]</c>; default for none.</param>
    /// <returns>Shape <c>[batch, heads, length, length]</c>, as <see cref="MultiheadAttention.Weights"/>.</returns>
    /// <exception cref="InvalidOperationException">The layer is <see cref="RowMode.ValueOnly"/>.</exception>
    public Tensor AttentionWeights(Tensor input, Tensor mask = default) => Attention.Weights(_norm1.Forward(input), mask);

    private MultiheadAttention Attention => _attention ?? throw new InvalidOperationException("TransformerEncoderLayer: positions of a value-only layer do not attend to each other.");

    /// <summary>The official attention with rotary positions is made of plain linear maps, the other one of the framework's packed map.</summary>
    private static Initializer? InputInitializer(TransformerEncoderLayerOptions options) => options.Mode == RowMode.Attention ? null : options.Initializer ?? Initializer.FanInUniform;

    private Tensor Finish(Tensor input, Tensor attended, int values)
    {
        Tensor h = _options.DropsInput ? attended + Drop(input) : Drop(attended) + input, hidden = _norm2.Forward(h);
        if (values == _options.Width) return h + FeedForward(hidden);
        Tensor weight = _linear2.Weight.Value.Slice(0, 0, values), bias = _linear2.Bias!.Value.Slice(0, 0, values);
        return h.Slice(-1, 0, values) + Fused.Linear(Drop(_linear1.Forward(hidden, Activation.Gelu)), weight, bias);
    }

    private Tensor FeedForward(Tensor x) => _dropout is null || !Training
        ? Fused.FeedForward(x, _linear1.Weight.Value, _linear1.Bias!.Value, _linear2.Weight.Value, _linear2.Bias!.Value)
        : _linear2.Forward(_dropout.Forward(_linear1.Forward(x, Activation.Gelu)));

    private Tensor Drop(Tensor x) => _dropout is null ? x : _dropout.Forward(x);
}
