using System.Numerics.Tensors;
using Polymath.Merging.Blending;

namespace Polymath.Merging.Methods;

/// <summary>The weighted average of the models.</summary>
/// <remarks>Wortsman et al., "Model soups", ICML 2022.</remarks>
public sealed class Linear : MergeMethod
{
    /// <inheritdoc/>
    public override string Name => "linear";

    /// <inheritdoc/>
    public override string Summary => "The weighted average of the models.";

    /// <inheritdoc/>
    public override string Formula => "sum_m w_m x_m / sum_m w_m (without the division when normalize is false)";

    /// <inheritdoc/>
    public override string Use => "several trainings of one model on the same data, or checkpoints of one training";

    /// <inheritdoc/>
    public override string Source => "Wortsman et al., Model soups, ICML 2022";

    /// <inheritdoc/>
    public override BaseModelUse Base => BaseModelUse.Ignored;

    /// <inheritdoc/>
    public override IReadOnlyList<MethodParameter> Parameters => [MethodParameter.Flag("normalize", true, "divide by the sum of the weights")];

    /// <inheritdoc/>
    public override IReadOnlyList<MethodParameter> ModelParameters => [MethodParameter.RequiredNumber("weight", "weight of the model")];

    /// <inheritdoc/>
    public override IBlockRule Prepare(TensorMerge tensor)
    {
        tensor = SameShapes(tensor);
        float[] weights = [.. tensor.Sources.Select(source => (float)source.Parameters.Number("weight"))];
        float sum = weights.Sum();
        bool normalize = tensor.Parameters.Flag("normalize");
        if (normalize && sum == 0) throw new MergeException($"tensor '{tensor.Name}': the weights of its {weights.Length} models sum to 0 and cannot be normalized; change a weight, or set normalize to false.");
        return new BlockRule(block =>
        {
            Span<float> output = block.Output;
            TensorPrimitives.Multiply(block.Source(0), weights[0], output);
            block.Round(output);
            for (int i = 1; i < weights.Length; i++)
            {
                TensorPrimitives.MultiplyAdd(block.Source(i), weights[i], output, output);
                block.Round(output);
            }

            if (!normalize || sum == 1f) return;
            TensorPrimitives.Divide(output, sum, output);
            block.Round(output);
        });
    }
}
