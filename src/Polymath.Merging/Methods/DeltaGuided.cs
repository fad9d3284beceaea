using System.Numerics;
using System.Numerics.Tensors;
using Polymath.Merging.Blending;

namespace Polymath.Merging.Methods;

/// <summary>Adds the task vectors weighted by their own size, so that every tensor follows the model that changed it most.</summary>
/// <remarks>The delta-guided fusion of CoDiEmb (2025); no code was published, the levels and the proportional weights are this library's reading.</remarks>
public sealed class DeltaGuided : MergeMethod
{
    private const float Least = 1e-12f;

    /// <inheritdoc/>
    public override string Name => "delta_guided";

    /// <inheritdoc/>
    public override string Summary => "Adds the task vectors weighted by their own size, so that every tensor follows the model that changed it most.";

    /// <inheritdoc/>
    public override string Formula => "b + sum_m w_m d_m, w_m = |d_m| / sum_j |d_j| with norms of the tensor (level tensor) or magnitudes of each element (level element)";

    /// <inheritdoc/>
    public override string Use => "checkpoints of one training with different mixtures of tasks; no weights to choose";

    /// <inheritdoc/>
    public override string Source => "CoDiEmb, 2025 (delta-guided fusion)";

    /// <inheritdoc/>
    public override BaseModelUse Base => BaseModelUse.Required;

    /// <inheritdoc/>
    public override IReadOnlyList<MethodParameter> Parameters => [MethodParameter.Text("level", "tensor", "tensor or element")];

    /// <inheritdoc/>
    public override IBlockRule Prepare(TensorMerge tensor)
    {
        tensor = Checked(tensor);
        int[] models = tensor.Models;
        int baseIndex = tensor.BaseIndex;
        if (models.Length == 0) return BlockRule.Copy(baseIndex);
        switch (tensor.Parameters.Text("level"))
        {
            case "tensor":
                double[] norms = tensor.Sum(Granularity.Elements, models.Length, (block, sums) =>
                {
                    for (int i = 0; i < models.Length; i++) sums[i] = TensorPrimitives.SumOfSquares<float>(InnerProducts.Offset(block, models[i], baseIndex));
                });
                norms = Array.ConvertAll(norms, Math.Sqrt);
                double sum = norms.Sum();
                return new Combination(models, Array.ConvertAll(norms, norm => sum == 0 ? 1.0 / models.Length : norm / sum), baseIndex);
            case "element":
                return new BlockRule(block => Elements(block, models, baseIndex), scratch: 1);
            default:
                throw new MergeException($"{Name}: level is '{tensor.Parameters.Text("level")}', expected tensor or element.");
        }
    }

    // sum_m |d_m| d_m / sum_m |d_m|; zero where all are zero.
    private static void Elements(Block block, int[] models, int baseIndex)
    {
        Span<float> output = block.Output, total = block.Scratch(0);
        output.Clear();
        total.Clear();
        foreach (int model in models)
        {
            ReadOnlySpan<float> delta = InnerProducts.Offset(block, model, baseIndex);
            int i = 0;
            for (; i <= delta.Length - Vector<float>.Count; i += Vector<float>.Count)
            {
                Vector<float> value = new(delta[i..]), magnitude = Vector.Abs(value);
                (new Vector<float>(output[i..]) + (magnitude * value)).CopyTo(output[i..]);
                (new Vector<float>(total[i..]) + magnitude).CopyTo(total[i..]);
            }

            for (; i < delta.Length; i++)
            {
                output[i] += Math.Abs(delta[i]) * delta[i];
                total[i] += Math.Abs(delta[i]);
            }
        }

        TensorPrimitives.Max(total, Least, total);
        TensorPrimitives.Divide(output, total, output);
        block.Round(output);
        TensorPrimitives.Add(output, block.Source(baseIndex), output);
        block.Round(output);
    }
}
