using System.Numerics.Tensors;
using Polymath.Merging.Blending;

namespace Polymath.Merging.Methods;

/// <summary>Copies the tensors of one model, for stacking layers of several.</summary>
/// <remarks>The rule of layer-stacked ("frankenmerged") models.</remarks>
public sealed class Passthrough : MergeMethod
{
    /// <inheritdoc/>
    public override string Name => "passthrough";

    /// <inheritdoc/>
    public override string Summary => "Copies the tensors of one model per slice.";

    /// <inheritdoc/>
    public override string Formula => "x, or scale x";

    /// <inheritdoc/>
    public override string Use => "stacking layers of several models, or scaling chosen tensors of one";

    /// <inheritdoc/>
    public override string Source => "Goddard et al., Arcee's MergeKit, EMNLP 2024 industry track";

    /// <inheritdoc/>
    public override BaseModelUse Base => BaseModelUse.Ignored;

    /// <inheritdoc/>
    public override int? MostModels => 1;

    /// <inheritdoc/>
    public override IReadOnlyList<MethodParameter> ModelParameters => [new("scale", ParameterKind.Number, null, "what the tensor is multiplied by; left out, it is copied")];

    /// <inheritdoc/>
    public override IBlockRule Prepare(TensorMerge tensor)
    {
        tensor = Checked(tensor);
        if (tensor.Sources[0].Parameters.NumberOrNull("scale") is not { } scale) return BlockRule.Copy(0);
        return new BlockRule(block =>
        {
            TensorPrimitives.Multiply(block.Source(0), (float)scale, block.Output);
            block.Round(block.Output);
        });
    }
}
