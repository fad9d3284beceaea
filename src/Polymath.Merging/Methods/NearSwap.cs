using System.Numerics;
using System.Numerics.Tensors;
using Polymath.Merging.Blending;

namespace Polymath.Merging.Methods;

/// <summary>Takes the other model's elements where they are near the base's, and less of them the further they are.</summary>
/// <remarks>alchemonaut's NearSwap, as mergekit computes it.</remarks>
public sealed class NearSwap : MergeMethod
{
    private const float LeastDistance = 1e-6f;

    /// <inheritdoc/>
    public override string Name => "nearswap";

    /// <inheritdoc/>
    public override string Summary => "Takes the other model's elements where they are near the base's, and less of them the further they are.";

    /// <inheritdoc/>
    public override string Formula => "s x + (1 - s) b, s = min(1, t / |b - x|)";

    /// <inheritdoc/>
    public override string Use => "adding a little of a similar model; t from 1e-4 to 1e-3";

    /// <inheritdoc/>
    public override string Source => "alchemonaut, QuartetAnemoi-70B model card, 2024";

    /// <inheritdoc/>
    public override BaseModelUse Base => BaseModelUse.Required;

    /// <inheritdoc/>
    public override int LeastModels => 2;

    /// <inheritdoc/>
    public override int? MostModels => 2;

    /// <inheritdoc/>
    public override IReadOnlyList<MethodParameter> Parameters => [MethodParameter.RequiredNumber("t", "distance up to which elements are swapped whole")];

    /// <inheritdoc/>
    public override IBlockRule Prepare(TensorMerge tensor)
    {
        tensor = Checked(tensor);
        int baseIndex = tensor.BaseIndex, other = tensor.Models[0];
        float t = (float)tensor.Parameters.Number("t");
        return new BlockRule(block =>
        {
            Span<float> theta0 = block.Source(baseIndex), x = block.Source(other), share = block.Output, rest = block.Scratch(0);
            TensorPrimitives.Subtract(theta0, x, share);
            block.Round(share);
            Shares(share, t);
            block.Round(share);
            TensorPrimitives.Subtract(1f, share, rest);
            block.Round(rest);
            TensorPrimitives.Multiply(x, share, x);
            block.Round(x);
            TensorPrimitives.Multiply(theta0, rest, rest);
            block.Round(rest);
            TensorPrimitives.Add(x, rest, block.Output);
            block.Round(block.Output);
        }, scratch: 1);
    }

    private static void Shares(Span<float> distance, float t)
    {
        int i = 0;
        Vector<float> scale = new(t), least = new(LeastDistance);
        for (; i <= distance.Length - Vector<float>.Count; i += Vector<float>.Count)
            Vector.Min(Vector.Max(scale / Vector.Max(Vector.Abs(new Vector<float>(distance[i..])), least), Vector<float>.Zero), Vector<float>.One).CopyTo(distance[i..]);
        for (; i < distance.Length; i++) distance[i] = Math.Min(Math.Max(t / Math.Max(Math.Abs(distance[i]), LeastDistance), 0f), 1f);
    }
}
