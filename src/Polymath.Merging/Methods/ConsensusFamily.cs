using System.Numerics.Tensors;
using Polymath.Merging.Blending;

namespace Polymath.Merging.Methods;

/// <summary>Merges task vectors, then drops the elements that fewer than k tasks need: those whose mask |d_t| > mask_lambda |d - d_t| keeps them.</summary>
/// <remarks>Wang et al., "Localizing Task Information for Improved Model Merging and Compression", ICML 2024 (TALL masks and Consensus Merging).</remarks>
public abstract class ConsensusFamily : MergeMethod
{
    /// <inheritdoc/>
    public sealed override string Source => "Wang et al., Localizing Task Information for Improved Model Merging and Compression, ICML 2024";

    /// <inheritdoc/>
    public sealed override BaseModelUse Base => BaseModelUse.Required;

    /// <inheritdoc/>
    public override IReadOnlyList<MethodParameter> Parameters =>
    [
        MethodParameter.Number("lambda", 0.3, "scale of the merged task vector"),
        MethodParameter.Number("mask_lambda", 0.4, "how much a task's own change must exceed the rest of the merged one to count") with { Minimum = 0 },
        MethodParameter.Number("k", 2, "least number of tasks that must need an element") with { Minimum = 0 },
    ];

    /// <inheritdoc/>
    public sealed override IBlockRule Prepare(TensorMerge tensor)
    {
        tensor = Checked(tensor);
        Action<Block> join = Joiner(tensor);
        float lambda = (float)tensor.Parameters.Number("lambda"), maskLambda = (float)tensor.Parameters.Number("mask_lambda"), least = (float)tensor.Parameters.Number("k");
        return new BlockRule(block =>
        {
            Span<float> merged = block.Output, count = block.Scratch(0);
            join(block);
            count.Clear();
            foreach (int model in tensor.Models) TrimmedElection.CountMask(block.Source(model), merged, maskLambda, count);
            TrimmedElection.KeepCounted(merged, count, least);
            TensorPrimitives.Multiply(merged, lambda, merged);
            block.Round(merged);
            TensorPrimitives.Add(merged, block.Source(tensor.BaseIndex), merged);
            block.Round(merged);
        }, scratch: 2);
    }

    /// <summary>What writes the merged task vector of a block into its output, and task vectors in place of the models' elements. May use two spans of scratch.</summary>
    /// <param name="tensor">The tensor.</param>
    private protected abstract Action<Block> Joiner(TensorMerge tensor);
}
