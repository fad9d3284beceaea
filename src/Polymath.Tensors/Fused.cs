namespace Polymath.Tensors;

/// <summary>Operations that layers are made of and that deserve one kernel: linear maps, normalisation, dropout.</summary>
public static partial class Fused
{
    /// <summary>y = f(x W^T + b) over the last axis.</summary>
    /// <param name="input">Shape <c>[..., in]</c>.</param>
    /// <param name="weight">Shape <c>[out, in]</c>.</param>
    /// <param name="bias">Shape <c>[out]</c>, or <c>default</c> for none.</param>
    /// <param name="activation">f; Relu and Sigmoid are part of the product, the others an operation of their own.</param>
    /// <returns>Shape <c>[..., out]</c>.</returns>
    public static Tensor Linear(Tensor input, Tensor weight, Tensor bias = default, Activation activation = Activation.Identity)
        => Kernels.GemmEpilogue.Fuses(activation) ? Ops.Linear.Forward(input, weight, bias, activation) : Ops.Linear.Forward(input, weight, bias, Activation.Identity).Apply(activation);

    /// <summary>Rows of an embedding table: <c>[rows, ...]</c> becomes <c>[...index shape, ...]</c>.</summary>
    /// <param name="table">Shape <c>[rows, ...]</c>, usually <c>[rows, features]</c>.</param>
    /// <param name="indices">Row numbers in [0, rows).</param>
    /// <exception cref="TensorException">An index is outside the table; the message names it, its position and the table.</exception>
    public static Tensor Embedding(Tensor table, IndexTensor indices) => Ops.Gather.Forward(table, indices, 0, "Embedding");

    /// <summary>2-D convolution (cross-correlation); depthwise when <paramref name="groups"/> equals the channels.</summary>
    /// <param name="input">Shape <c>[batch, channels, height, width]</c>.</param>
    /// <param name="weight">Shape <c>[outputs, channels / groups, kernel height, kernel width]</c>.</param>
    /// <param name="bias">Shape <c>[outputs]</c>, or <c>default</c> for none.</param>
    /// <param name="stride">Step between outputs, at least 1.</param>
    /// <param name="padding">Zeros added on every side, at least 0.</param>
    /// <param name="dilation">Distance between kernel elements, at least 1.</param>
    /// <param name="groups">Independent groups of channels; divides channels and outputs.</param>
    /// <returns>Shape <c>[batch, outputs, (height + 2 padding - dilation (kernel - 1) - 1) / stride + 1, ...]</c>.</returns>
    /// <exception cref="TensorException">The shapes do not fit each other, or the kernel does not fit into the padded input.</exception>
    public static Tensor Conv2d(Tensor input, Tensor weight, Tensor bias = default, int stride = 1, int padding = 0, int dilation = 1, int groups = 1)
    {
        if (input.Shape.Rank != 4 || weight.Shape.Rank != 4)
            throw new TensorException($"Conv2d: found input {input.Shape} with weight {weight.Shape}, expected [batch, channels, height, width] with [outputs, channels / groups, kernel height, kernel width].");
        return Ops.Conv2d.Forward(input, weight, bias, new Ops.Window(stride, stride, padding, padding, dilation, dilation, groups), "Conv2d");
    }

    /// <summary>1-D convolution (cross-correlation); depthwise when <paramref name="groups"/> equals the channels.</summary>
    /// <param name="input">Shape <c>[batch, channels, length]</c>.</param>
    /// <param name="weight">Shape <c>[outputs, channels / groups, kernel]</c>.</param>
    /// <param name="bias">Shape <c>[outputs]</c>, or <c>default</c> for none.</param>
    /// <param name="stride">Step between outputs, at least 1.</param>
    /// <param name="padding">Zeros added on both sides, at least 0.</param>
    /// <param name="dilation">Distance between kernel elements, at least 1.</param>
    /// <param name="groups">Independent groups of channels; divides channels and outputs.</param>
    /// <returns>Shape <c>[batch, outputs, (length + 2 padding - dilation (kernel - 1) - 1) / stride + 1]</c>.</returns>
    /// <exception cref="TensorException">The shapes do not fit each other, or the kernel does not fit into the padded input.</exception>
    public static Tensor Conv1d(Tensor input, Tensor weight, Tensor bias = default, int stride = 1, int padding = 0, int dilation = 1, int groups = 1)
    {
        if (input.Shape.Rank != 3 || weight.Shape.Rank != 3)
            throw new TensorException($"Conv1d: found input {input.Shape} with weight {weight.Shape}, expected [batch, channels, length] with [outputs, channels / groups, kernel].");
        return Ops.Conv2d.Forward(input.Unsqueeze(2), weight.Unsqueeze(2), bias, new Ops.Window(1, stride, 0, padding, 1, dilation, groups), "Conv1d").Squeeze(2);
    }

    /// <summary>
    /// The feed-forward part of a transformer, gelu(x W1^T + b1) W2^T + b2 with the exact GELU (Vaswani et al. 2017, section 3.3). Narrow inputs are
    /// taken through in blocks of rows whose hidden values never leave the cache; the backward sweep computes them again.
    /// </summary>
    /// <param name="input">Shape <c>[..., in]</c>.</param>
    /// <param name="weight1">Shape <c>[hidden, in]</c>.</param>
    /// <param name="bias1">Shape <c>[hidden]</c>.</param>
    /// <param name="weight2">Shape <c>[out, hidden]</c>.</param>
    /// <param name="bias2">Shape <c>[out]</c>.</param>
    /// <returns>Shape <c>[..., out]</c>.</returns>
    /// <exception cref="TensorException">The shapes do not fit each other.</exception>
    public static Tensor FeedForward(Tensor input, Tensor weight1, Tensor bias1, Tensor weight2, Tensor bias2)
        => Ops.FeedForward.IsNarrow(weight1.Shape, weight2.Shape) ? Ops.FeedForward.Forward(input, weight1, bias1, weight2, bias2) : Linear(Linear(input, weight1, bias1).Gelu(), weight2, bias2);

    /// <summary>
    /// Attention of queries over keys and values, per head softmax(scale Q K^T) V (Vaswani et al. 2017), without ever holding the scores of
    /// more than a tile (Dao et al. 2022). The heads lie side by side in the last axis, as linear maps leave them.
    /// </summary>
    /// <param name="query">Shape <c>[batch, queries, heads depth]</c>.</param>
    /// <param name="key">Shape <c>[batch, keys, heads depth]</c>, at least one key.</param>
    /// <param name="value">Shape <c>[batch, keys, heads value depth]</c>.</param>
    /// <param name="heads">Number of heads, at least 1.</param>
    /// <param name="scale">Factor on the scores; null for 1 / sqrt(depth).</param>
    /// <param name="causal">Query i sees the keys 0..i only.</param>
    /// <param name="mask">Shape <c>[queries, keys]</c>, 1 where blocked; default for none. Not differentiated.</param>
    /// <param name="present">Shape <c>[batch, keys]</c>, 0 where a key is padding; default for none. A query without any key gets zeros. Not differentiated.</param>
    /// <returns>Shape <c>[batch, queries, heads value depth]</c>.</returns>
    /// <exception cref="TensorException">The shapes do not fit each other, or every key of a query is blocked.</exception>
    public static Tensor ScaledDotProductAttention(Tensor query, Tensor key, Tensor value, int heads, float? scale = null, bool causal = false, Tensor mask = default, Tensor present = default)
        => Ops.ScaledDotProductAttention.Forward(query, key, value, heads, scale, causal, mask, present);

    /// <summary>The same with queries, keys and values side by side, as one linear map leaves them.</summary>
    /// <param name="packed">Shape <c>[batch, length, 3 width]</c>: query, key, value of each position, <c>width = heads depth</c> each.</param>
    /// <param name="heads">Number of heads, at least 1.</param>
    /// <param name="scale">Factor on the scores; null for 1 / sqrt(depth).</param>
    /// <param name="causal">Position i sees the positions 0..i only.</param>
    /// <param name="mask">Shape <c>[length, length]</c> (query, key), 1 where blocked; default for none. Not differentiated.</param>
    /// <param name="present">Shape <c>[batch, length]</c>, 0 where a position is padding; default for none. A query without any key gets zeros. Not differentiated.</param>
    /// <returns>Shape <c>[batch, length, width]</c>.</returns>
    /// <exception cref="TensorException">The shapes do not fit each other, or every key of a query is blocked.</exception>
    public static Tensor ScaledDotProductAttention(Tensor packed, int heads, float? scale = null, bool causal = false, Tensor mask = default, Tensor present = default)
        => Ops.ScaledDotProductAttention.Forward(packed, heads, scale, causal, mask, present);

    /// <summary>
    /// Cross-entropy of each row, -sum t ln softmax(logits) with t = weight (s / classes + (1 - s) [class = label]): one pass forward, one back.
    /// </summary>
    /// <param name="logits">Shape <c>[rows, classes]</c>, at least one class.</param>
    /// <param name="labels">Class numbers, <c>[rows]</c>; NaN where not observed, which gives 0 and no gradient. Not differentiated.</param>
    /// <param name="classWeights">Shape <c>[classes]</c>; default for ones. Not differentiated.</param>
    /// <param name="labelSmoothing">s, in [0, 1).</param>
    /// <returns>Shape <c>[rows]</c>.</returns>
    /// <exception cref="TensorException">The shapes do not fit each other, or a label is not a class.</exception>
    public static Tensor SoftmaxCrossEntropy(Tensor logits, Tensor labels, Tensor classWeights = default, float labelSmoothing = 0f)
        => Ops.SoftmaxCrossEntropy.Forward(logits, labels, classWeights, labelSmoothing);

    /// <summary>
    /// Binary cross-entropy of each logit x, positiveWeight q softplus(-x) + (1 - q) softplus(x) with q = label (1 - s) + s / 2; exact for any logit.
    /// </summary>
    /// <param name="logits">Any shape.</param>
    /// <param name="labels">0 to 1, of the same shape; NaN where not observed, which gives 0 and no gradient. Not differentiated.</param>
    /// <param name="positiveWeight">Factor on the loss of positive labels.</param>
    /// <param name="labelSmoothing">s, in [0, 1).</param>
    /// <returns>The shape of the logits.</returns>
    /// <exception cref="TensorException">The shapes differ.</exception>
    public static Tensor BinaryCrossEntropy(Tensor logits, Tensor labels, float positiveWeight = 1f, float labelSmoothing = 0f)
        => Ops.BinaryCrossEntropy.Forward(logits, labels, positiveWeight, labelSmoothing);

    /// <summary>Layer normalisation over the last axis (Ba et al. 2016).</summary>
    /// <param name="input">Shape <c>[..., features]</c>.</param>
    /// <param name="gamma">Scale, shape <c>[features]</c>.</param>
    /// <param name="beta">Shift, shape <c>[features]</c>.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public static Tensor LayerNorm(Tensor input, Tensor gamma, Tensor beta, float epsilon = 1e-5f) => Ops.LayerNorm.Forward(input, gamma, beta, epsilon);

    /// <summary>Root-mean-square normalisation over the last axis (Zhang and Sennrich 2019).</summary>
    public static Tensor RmsNorm(Tensor input, Tensor gamma, float epsilon = 1e-5f) => Ops.RmsNorm.Forward(input, gamma, epsilon);

    /// <summary>Batch normalisation with the statistics of this batch (Ioffe and Szegedy 2015).</summary>
    /// <param name="input">Shape <c>[rows, features]</c>, at least two rows.</param>
    /// <param name="gamma">Scale, shape <c>[features]</c>.</param>
    /// <param name="beta">Shift, shape <c>[features]</c>.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="batchMean">Receives the mean of each feature.</param>
    /// <param name="batchVariance">Receives the biased variance of each feature.</param>
    public static Tensor BatchNorm(Tensor input, Tensor gamma, Tensor beta, float epsilon, Span<float> batchMean, Span<float> batchVariance)
        => Ops.BatchNorm.Forward(input, gamma, beta, epsilon, batchMean, batchVariance);

    /// <summary>Zeroes elements with probability <paramref name="rate"/> and scales the rest by 1 / (1 - rate) (Srivastava et al. 2014).</summary>
    /// <param name="input">Any shape.</param>
    /// <param name="rate">Probability of zeroing, in [0, 1).</param>
    /// <param name="random">Gives one draw per element, in row-major order.</param>
    /// <exception cref="TensorException">The rate is outside [0, 1).</exception>
    public static Tensor Dropout(Tensor input, float rate, RandomStream random)
    {
        if (rate is < 0f or >= 1f || float.IsNaN(rate)) throw new TensorException($"Dropout: found rate {rate}, expected [0, 1).");
        if (rate == 0f) return input;
        Tape.Draws(random);
        return Ops.Dropout.Forward(input, rate, random);
    }
}
