using Polymath.Merging.Blending;

namespace Polymath.Merging.Methods;

/// <summary>As ram, with the changes of one model alone amplified by how much the model shares with others.</summary>
/// <remarks>"RAM: reinforced agent merging", arXiv 2601.13572 (RAM+ with tensor-level overlap).</remarks>
public sealed class RamPlus : MergeMethod
{
    /// <inheritdoc/>
    public override string Name => "ramplus_tl";

    /// <inheritdoc/>
    public override string Summary => "As ram, with the changes of one model alone amplified by how much the model shares with others.";

    /// <inheritdoc/>
    public override string Formula => "as ram, lone changes times 1 + r min(alpha, shared_m / unique_m), counted in the tensor";

    /// <inheritdoc/>
    public override string Use => "as ram, when averaging the shared changes weakens a model";

    /// <inheritdoc/>
    public override string Source => "Reinforced Agent Merging, arXiv 2601.13572";

    /// <inheritdoc/>
    public override BaseModelUse Base => BaseModelUse.Required;

    /// <inheritdoc/>
    public override IReadOnlyList<MethodParameter> Parameters =>
    [
        MethodParameter.Number("r", 0.1, "strength of the amplification"),
        MethodParameter.Number("alpha", 0.2, "largest ratio of shared to lone changes that counts"),
        MethodParameter.Number("epsilon", 1e-5, "changes up to this count as none"),
    ];

    /// <inheritdoc/>
    public override IBlockRule Prepare(TensorMerge tensor)
    {
        tensor = Checked(tensor);
        float epsilon = (float)tensor.Parameters.Number("epsilon");
        double r = tensor.Parameters.Number("r"), alpha = tensor.Parameters.Number("alpha");
        (long Shared, long Lone)[] counts = ActiveChanges.Count(tensor, epsilon);
        return ActiveChanges.Rule(tensor, epsilon, Array.ConvertAll(counts, count => (float)(1 + (r * Math.Max(0, Math.Min(alpha, count.Shared / Math.Max(count.Lone, (double)epsilon)))))));
    }
}
