using System.Numerics.Tensors;
using Polymath.Merging.Blending;

namespace Polymath.Merging.Methods;

/// <summary>The sum of the task vectors without the elements that fewer than k tasks need.</summary>
/// <remarks>Wang et al., ICML 2024.</remarks>
public sealed class ConsensusTaskArithmetic : ConsensusFamily
{
    /// <inheritdoc/>
    public override string Name => "consensus_ta";

    /// <inheritdoc/>
    public override string Summary => "The sum of the task vectors without the elements that fewer than k tasks need.";

    /// <inheritdoc/>
    public override string Formula => "b + lambda d [sum_m [|d_m| > mask_lambda |d - d_m|] >= k], d = sum_m d_m, d_m = x_m - b";

    /// <inheritdoc/>
    public override string Use => "many tasks, where changes that serve one task alone harm the others";

    /// <inheritdoc/>
    private protected override Action<Block> Joiner(TensorMerge tensor) => block =>
    {
        block.Output.Clear();
        foreach (int model in tensor.Models)
        {
            TensorPrimitives.Add(block.Output, InnerProducts.Offset(block, model, tensor.BaseIndex), block.Output);
            block.Round(block.Output);
        }
    };
}
