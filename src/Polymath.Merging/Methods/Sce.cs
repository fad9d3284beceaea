using System.Numerics;
using System.Numerics.Tensors;
using Polymath.Merging.Blending;
using Polymath.Merging.Sparsifying;

namespace Polymath.Merging.Methods;

/// <summary>Selects the elements on which the models differ most, weights each model by its energy there, and erases elements against the elected sign.</summary>
/// <remarks>Wan et al., "FuseChat: Knowledge Fusion of Chat Models", arXiv 2408.07990, section 3.3 (select, calculate, erase).</remarks>
public sealed class Sce : MergeMethod
{
    private const double LeastEnergy = 1e-6;
    private const float LeastWeight = 1e-6f;

    /// <inheritdoc/>
    public override string Name => "sce";

    /// <inheritdoc/>
    public override string Summary => "Selects the elements on which the models differ most, weights the models by their energy there and elects a sign.";

    /// <inheritdoc/>
    public override string Formula => "b + sum_m c_m d_m [sign = elected] / sum_m c_m [sign = elected], c_m ~ mean d_m^2, d_m = x_m - b where the variance over models is among the largest";

    /// <inheritdoc/>
    public override string Use => "many fine-tunes of one base, without weights to choose";

    /// <inheritdoc/>
    public override string Source => "Wan et al., FuseChat, arXiv 2408.07990";

    /// <inheritdoc/>
    public override BaseModelUse Base => BaseModelUse.Required;

    /// <inheritdoc/>
    public override IReadOnlyList<MethodParameter> Parameters =>
    [
        MethodParameter.Flag("int8_mask", false, "type of a mask in other tools; no effect on the result"),
        MethodParameter.Number("select_topk", 1, "share of the elements with variance that are selected"),
    ];

    /// <inheritdoc/>
    public override IBlockRule Prepare(TensorMerge tensor)
    {
        tensor = Checked(tensor);
        int[] models = tensor.Models;
        int baseIndex = tensor.BaseIndex;
        if (models.Length == 0) return BlockRule.Copy(baseIndex);
        RankCut cut = Selected(tensor, models);
        double[] energy = tensor.Sum(Granularity.Elements, models.Length, (block, sums) =>
        {
            Select(block, models, baseIndex, cut);
            for (int i = 0; i < models.Length; i++) sums[i] = InnerProducts.Dot(block.Source(models[i]), block.Source(models[i])) / tensor.Elements;
        }, scratch: 2);
        double sum = energy.Sum();
        float[] weights = Array.ConvertAll(energy, each => (float)(sum < LeastEnergy ? 1.0 / models.Length : each / sum));
        return new BlockRule(block => Merge(block, models, baseIndex, weights, cut), scratch: 2);
    }

    private static RankCut Selected(TensorMerge tensor, int[] models)
    {
        double share = tensor.Parameters.Number("select_topk");
        if (share >= 1) return RankCut.All;
        double[] varied = tensor.Sum(Granularity.Elements, 1, (block, sums) => sums[0] = block.Length - Variances(block, models, tensor.BaseIndex).Count(0f), scratch: 2);
        return RankSelection.Largest(tensor, 2, [Math.Max(0, (long)Math.Floor(varied[0] * share))], (block, _) => Variances(block, models, tensor.BaseIndex))[0];
    }

    // The population variance over models, of differences to the first, so that equal models vary by exactly zero. Leaves task vectors in place of the sources.
    private static Span<float> Variances(Block block, int[] models, int baseIndex)
    {
        Span<float> variance = block.Scratch(0), mean = block.Scratch(1), term = block.Output;
        if (!block.Once(models[0])) return variance;
        foreach (int model in models) InnerProducts.Offset(block, model, baseIndex);
        ReadOnlySpan<float> first = block.Source(models[0]);
        mean.Clear();
        variance.Clear();
        for (int i = 1; i < models.Length; i++)
        {
            TensorPrimitives.Subtract(block.Source(models[i]), first, term);
            TensorPrimitives.Add(mean, term, mean);
        }

        TensorPrimitives.Divide(mean, models.Length, mean);
        TensorPrimitives.Multiply(mean, mean, variance);
        for (int i = 1; i < models.Length; i++)
        {
            TensorPrimitives.Subtract(block.Source(models[i]), first, term);
            TensorPrimitives.Subtract(term, mean, term);
            TensorPrimitives.MultiplyAdd(term, term, variance, variance);
        }

        TensorPrimitives.Divide(variance, models.Length, variance);
        block.Round(variance);
        return variance;
    }

    // Task vectors in place of the sources, zero where the element is not selected.
    private static void Select(Block block, int[] models, int baseIndex, RankCut cut)
    {
        if (cut == RankCut.All)
        {
            foreach (int model in models) InnerProducts.Offset(block, model, baseIndex);
            return;
        }

        Span<float> variance = Variances(block, models, baseIndex);
        // Variances that stay become one, the others zero: a factor for every model.
        for (int i = 0; i < variance.Length; i++) variance[i] = cut.Above(variance[i], block.Start + i) ? 1f : 0f;
        foreach (int model in models) KeepWhere(block.Source(model), variance);
    }

    private static void KeepWhere(Span<float> values, ReadOnlySpan<float> kept)
    {
        int i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
            Vector.ConditionalSelect(Vector.Equals(new Vector<float>(kept[i..]), Vector<float>.Zero), Vector<float>.Zero, new Vector<float>(values[i..])).CopyTo(values[i..]);
        for (; i < values.Length; i++)
        {
            if (kept[i] == 0) values[i] = 0;
        }
    }

    private static void Merge(Block block, int[] models, int baseIndex, float[] weights, RankCut cut)
    {
        Select(block, models, baseIndex, cut);
        Span<float> mix = block.Output, sign = block.Scratch(0), divisor = block.Scratch(1);
        sign.Clear();
        foreach (int model in models)
        {
            TensorPrimitives.Add(sign, block.Source(model), sign);
            block.Round(sign);
        }

        mix.Clear();
        divisor.Clear();
        for (int i = 0; i < models.Length; i++)
        {
            Span<float> delta = block.Source(models[i]);
            SignConsensus.CountAgreeing(delta, sign, weights[i], divisor);
            TensorPrimitives.Multiply(delta, weights[i], delta);
            block.Round(delta);
            SignConsensus.AddAgreeing(delta, sign, mix);
            block.Round(mix);
        }

        TensorPrimitives.Max(divisor, LeastWeight, divisor);
        TensorPrimitives.Divide(mix, divisor, mix);
        block.Round(mix);
        TensorPrimitives.Add(mix, block.Source(baseIndex), mix);
        block.Round(mix);
    }
}
