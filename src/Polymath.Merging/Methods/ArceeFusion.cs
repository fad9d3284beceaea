using System.Numerics.Tensors;
using Polymath.Merging.Blending;
using Polymath.Merging.Sparsifying;

namespace Polymath.Merging.Methods;

/// <summary>Takes the other model's elements only where the change is unusually important: far above the middle half of all changes of the tensor.</summary>
/// <remarks>
/// The rule of mergekit's method of this name. mergekit takes the quartiles of tensors above a million elements from a random sample; here they are
/// those of all elements.
/// </remarks>
public sealed class ArceeFusion : MergeMethod
{
    private const float Smoothing = 1e-8f;

    /// <inheritdoc/>
    public override string Name => "arcee_fusion";

    /// <inheritdoc/>
    public override string Summary => "Takes the other model's elements only where the change is unusually important.";

    /// <inheritdoc/>
    public override string Formula => "b + (x - b) [i >= q2 + 1.5 (q3 - q1)], i = |x - b| KL(softmax x | softmax b) per row, q1 to q3 the quartiles of i";

    /// <inheritdoc/>
    public override string Use => "two fine-tunes, keeping the base's behaviour but for the strongest changes";

    /// <inheritdoc/>
    public override string Source => "Goddard et al., Arcee's MergeKit, EMNLP 2024 industry track";

    /// <inheritdoc/>
    public override BaseModelUse Base => BaseModelUse.Required;

    /// <inheritdoc/>
    public override int LeastModels => 2;

    /// <inheritdoc/>
    public override int? MostModels => 2;

    /// <inheritdoc/>
    public override IBlockRule Prepare(TensorMerge tensor)
    {
        tensor = Checked(tensor);
        int baseIndex = tensor.BaseIndex, other = tensor.Models[0], length = (int)Math.Max(1, tensor.RowLength);
        if (tensor.Elements == 0) return BlockRule.Copy(baseIndex);
        long n = tensor.Elements;
        long[] ranks = [Rank(n, 0.25), Rank(n, 0.5), Rank(n, 0.75)];
        uint[] found = RankSelection.LargestBits(tensor, Granularity.Rows, 2, ranks, (block, _) =>
        {
            if (block.Once(other))
            {
                Importance(block, baseIndex, other, length);
                OrderedBits.Encode(block.Output);
            }

            return block.Output;
        });
        float lower = OrderedBits.Decode(found[0]), median = OrderedBits.Decode(found[1]), upper = OrderedBits.Decode(found[2]);
        float threshold = median + (1.5f * (upper - lower));
        return new BlockRule(block =>
        {
            Importance(block, baseIndex, other, length);
            Span<float> output = block.Output, theta0 = block.Source(baseIndex), delta = block.Scratch(0);
            for (int i = 0; i < output.Length; i++) output[i] = output[i] >= threshold ? delta[i] : 0f;
            TensorPrimitives.Add(theta0, output, output);
            block.Round(output);
        }, Granularity.Rows, scratch: 2);
    }

    // Of n elements, which largest is the ascending element floor(share (n - 1)).
    private static long Rank(long n, double share) => n - (long)Math.Floor(share * (n - 1));

    // The importances into the output and the differences into the first scratch span.
    private static void Importance(Block block, int baseIndex, int other, int length)
    {
        Span<float> x = block.Source(other), theta0 = block.Source(baseIndex), delta = block.Scratch(0), q = block.Scratch(1), output = block.Output;
        TensorPrimitives.Subtract(x, theta0, delta);
        block.Round(delta);
        for (int start = 0; start < x.Length; start += length)
        {
            Span<float> p = output.Slice(start, length), r = q.Slice(start, length);
            Softmax(x.Slice(start, length), p);
            Softmax(theta0.Slice(start, length), r);
            double divergence = 0;
            for (int i = 0; i < p.Length; i++) divergence += p[i] * Math.Log(p[i] / r[i]);
            Span<float> importance = output.Slice(start, length);
            TensorPrimitives.Abs(delta.Slice(start, length), importance);
            TensorPrimitives.Multiply(importance, (float)divergence, importance);
            block.Round(importance);
        }
    }

    private static void Softmax(ReadOnlySpan<float> values, Span<float> shares)
    {
        TensorPrimitives.Subtract(values, TensorPrimitives.Max(values), shares);
        TensorPrimitives.SoftMax(shares, shares);
        TensorPrimitives.Add(shares, Smoothing, shares);
    }
}
