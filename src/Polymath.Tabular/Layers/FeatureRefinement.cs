using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// Weighs fields by importance (Liu et al. 2023, after Hu et al. 2018): r = s sigmoid(W2 ReLU(W1 x)) on all fields x of a row, one weight per
/// field or element; the fields go on as r x. Children: <c>squeeze</c> (W1), <c>excite</c> (W2).
/// </summary>
/// <example><code>
/// var refinement = new FeatureRefinement(fields: 3, width: 4, hidden: 6, new RandomStream(1));
/// Tensor x = Tensor.Ones(2, 3, 4), r = refinement.Weights(x);   // [2, 3], in (0, 1)
/// Tensor refined = refinement.Apply(x, r);                      // [2, 3, 4]
/// </code></example>
public sealed class FeatureRefinement : Module
{
    private readonly Linear _squeeze, _excite;
    private readonly RefineGranularity _granularity;
    private readonly RefineSqueeze _input;
    private readonly float _scale;

    /// <summary>A refinement.</summary>
    /// <param name="fields">Number of fields, at least 1.</param>
    /// <param name="width">Width of a field, at least 1.</param>
    /// <param name="hidden">Width of the hidden layer, at least 1.</param>
    /// <param name="random">Where the initial values come from.</param>
    /// <param name="granularity">What a weight is for.</param>
    /// <param name="squeeze">What the network sees.</param>
    /// <param name="scale">s, more than 0: with 1 all fields start at about half their size, with 2 at about their size.</param>
    public FeatureRefinement(int fields, int width, int hidden, RandomStream random, RefineGranularity granularity = RefineGranularity.Field, RefineSqueeze squeeze = RefineSqueeze.None, float scale = 1f)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(fields, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scale);
        (Fields, Width, _granularity, _input, _scale) = (fields, width, granularity, squeeze, scale);
        _squeeze = Add("squeeze", new Linear(squeeze == RefineSqueeze.Mean ? fields : fields * width, hidden, random.Derive("squeeze")));
        _excite = Add("excite", new Linear(hidden, granularity == RefineGranularity.Element ? fields * width : fields, random.Derive("excite")));
    }

    /// <summary>Number of fields.</summary>
    public int Fields { get; }

    /// <summary>Width of a field.</summary>
    public int Width { get; }

    /// <summary>The weights.</summary>
    /// <param name="fields">Shape <c>[rows, fields, width]</c>.</param>
    /// <returns>Shape <c>[rows, fields]</c>, or <c>[rows, fields width]</c> for elements; in (0, s).</returns>
    public Tensor Weights(Tensor fields)
    {
        Tensor seen = _input == RefineSqueeze.Mean ? fields.Mean(2) : fields.Reshape(fields.Shape[0], Fields * Width);
        Tensor weights = _excite.Forward(_squeeze.Forward(seen, Activation.Relu), Activation.Sigmoid);
        return _scale == 1f ? weights : weights * _scale;
    }

    /// <summary>The fields times their weights.</summary>
    /// <param name="fields">Shape <c>[rows, fields, width]</c>.</param>
    /// <param name="weights">What <see cref="Weights"/> returned.</param>
    /// <returns>Shape <c>[rows, fields, width]</c>.</returns>
    public Tensor Apply(Tensor fields, Tensor weights) => fields * weights.Reshape(fields.Shape[0], Fields, _granularity == RefineGranularity.Element ? Width : 1);
}
