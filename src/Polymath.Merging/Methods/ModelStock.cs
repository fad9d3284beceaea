using System.Numerics.Tensors;
using Polymath.Merging.Blending;

namespace Polymath.Merging.Methods;

/// <summary>Moves from the base towards the mean of the models, the further the more their task vectors agree.</summary>
/// <remarks>Jang et al., "Model Stock: All we need is just a few fine-tuned models", ECCV 2024, equation 7.</remarks>
public sealed class ModelStock : MergeMethod
{
    private const double LeastNorms = 1e-6;

    /// <inheritdoc/>
    public override string Name => "model_stock";

    /// <inheritdoc/>
    public override string Summary => "Moves from the base towards the mean of the models, the further the more their task vectors agree.";

    /// <inheritdoc/>
    public override string Formula => "t mean_m x_m + (1 - t) b, t = N c / (1 + (N - 1) c), c = mean cosine between pairs of x_m - b";

    /// <inheritdoc/>
    public override string Use => "several fine-tunes of one base on the same task; nothing to tune";

    /// <inheritdoc/>
    public override string Source => "Jang et al., Model Stock, ECCV 2024";

    /// <inheritdoc/>
    public override BaseModelUse Base => BaseModelUse.Required;

    /// <inheritdoc/>
    public override int LeastModels => 3;

    /// <inheritdoc/>
    public override IReadOnlyList<MethodParameter> Parameters => [MethodParameter.Flag("filter_wise", false, "a t for each row in place of one for the tensor")];

    /// <inheritdoc/>
    public override IBlockRule Prepare(TensorMerge tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Sources.Count == 1 && tensor.BaseIndex == 0) return BlockRule.Copy(0);
        tensor = Checked(tensor);
        int[] models = tensor.Models;
        int baseIndex = tensor.BaseIndex, n = models.Length;
        if (tensor.Parameters.Flag("filter_wise"))
        {
            int length = (int)Math.Max(1, tensor.RowLength);
            return new BlockRule(block => Rows(block, models, baseIndex, length), Granularity.Rows);
        }

        double t = Ratio(InnerProducts.Of(tensor, models, baseIndex));
        return new Combination([.. models, baseIndex], [.. Enumerable.Repeat(t / n, n), 1 - t]);
    }

    // t of equation 7 from the inner products of the task vectors.
    private static double Ratio(double[,] products)
    {
        int n = products.GetLength(0);
        double sum = 0;
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < i; j++) sum += Math.Clamp(products[i, j] / Math.Max(Math.Sqrt(products[i, i] * products[j, j]), LeastNorms), -1, 1);
        }

        double cosine = sum / (n * (n - 1) / 2);
        return n * cosine / (1 + ((n - 1) * cosine));
    }

    private static void Rows(Block block, int[] models, int baseIndex, int length)
    {
        Span<float> output = block.Output, theta0 = block.Source(baseIndex);
        foreach (int model in models) InnerProducts.Offset(block, model, baseIndex);
        double[,] products = new double[models.Length, models.Length];
        for (int start = 0; start < output.Length; start += length)
        {
            for (int i = 0; i < models.Length; i++)
            {
                for (int j = 0; j <= i; j++) products[i, j] = InnerProducts.Dot(block.Source(models[i]).Slice(start, length), block.Source(models[j]).Slice(start, length));
            }

            // b + t mean(x - b), the same point from the differences that are at hand.
            float share = (float)(Ratio(products) / models.Length);
            Span<float> merged = output.Slice(start, length);
            theta0.Slice(start, length).CopyTo(merged);
            foreach (int model in models)
            {
                TensorPrimitives.MultiplyAdd(block.Source(model).Slice(start, length), share, merged, merged);
                block.Round(merged);
            }
        }
    }
}
