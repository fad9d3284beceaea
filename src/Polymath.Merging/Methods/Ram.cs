using Polymath.Merging.Blending;

namespace Polymath.Merging.Methods;

/// <summary>Keeps changes that one model alone made whole, and averages those that several made.</summary>
/// <remarks>"RAM: reinforced agent merging", arXiv 2601.13572.</remarks>
public sealed class Ram : MergeMethod
{
    /// <inheritdoc/>
    public override string Name => "ram";

    /// <inheritdoc/>
    public override string Summary => "Keeps changes that one model alone made whole, and averages those that several made.";

    /// <inheritdoc/>
    public override string Formula => "b + sum_m d_m a_m / max(1, sum_j a_j), a_m = [|d_m| > epsilon]";

    /// <inheritdoc/>
    public override string Use => "sparse updates, such as those of reinforcement learning";

    /// <inheritdoc/>
    public override string Source => "Reinforced Agent Merging, arXiv 2601.13572";

    /// <inheritdoc/>
    public override BaseModelUse Base => BaseModelUse.Required;

    /// <inheritdoc/>
    public override IReadOnlyList<MethodParameter> Parameters => [MethodParameter.Number("epsilon", 1e-5, "changes up to this count as none")];

    /// <inheritdoc/>
    public override IBlockRule Prepare(TensorMerge tensor)
    {
        tensor = Checked(tensor);
        float[] scales = new float[tensor.Models.Length];
        Array.Fill(scales, 1f);
        return ActiveChanges.Rule(tensor, (float)tensor.Parameters.Number("epsilon"), scales);
    }
}
