using Polymath.Merging.Blending;

namespace Polymath.Merging.Methods;

/// <summary>Walks along the arc between the base and one other model, tensor by tensor.</summary>
/// <remarks>Shoemake, "Animating rotation with quaternion curves", SIGGRAPH 1985. The angle is that of the normalised tensors, the weights act on the tensors themselves.</remarks>
public sealed class Slerp : MergeMethod
{
    /// <summary>From this cosine on the arc is taken as straight.</summary>
    private const double Straight = 0.9995;

    /// <summary>Norms up to this are not divided by.</summary>
    private const double LeastNorm = 1e-8;

    /// <inheritdoc/>
    public override string Name => "slerp";

    /// <inheritdoc/>
    public override string Summary => "Walks along the arc from the base to one other model.";

    /// <inheritdoc/>
    public override string Formula => "(sin((1 - t) a) b + sin(t a) x) / sin a, a = angle between b and x; (1 - t) b + t x where |cos a| > 0.9995";

    /// <inheritdoc/>
    public override string Use => "two models of equal standing; t may be a gradient over the layers";

    /// <inheritdoc/>
    public override string Source => "Shoemake, Animating rotation with quaternion curves, SIGGRAPH 1985";

    /// <inheritdoc/>
    public override BaseModelUse Base => BaseModelUse.Required;

    /// <inheritdoc/>
    public override int LeastModels => 2;

    /// <inheritdoc/>
    public override int? MostModels => 2;

    /// <inheritdoc/>
    public override IReadOnlyList<MethodParameter> Parameters => [MethodParameter.RequiredNumber("t", "position on the arc: 0 is the base, 1 the other model, beyond extrapolates")];

    /// <inheritdoc/>
    public override IBlockRule Prepare(TensorMerge tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Sources.Count == 1) return BlockRule.Copy(0);
        tensor = Checked(tensor);
        int[] pair = [tensor.BaseIndex, tensor.Models[0]];
        double t = tensor.Parameters.Number("t");
        double[,] products = InnerProducts.Of(tensor, pair, -1);
        double cosine = products[0, 1] / (Divisor(products[0, 0]) * Divisor(products[1, 1]));
        if (Math.Abs(cosine) > Straight) return new Combination(pair, [1 - t, t]);
        double angle = Math.Acos(cosine), sine = Math.Sin(angle);
        return new Combination(pair, [Math.Sin((1 - t) * angle) / sine, Math.Sin(t * angle) / sine]);
    }

    private static double Divisor(double square) => Math.Sqrt(square) is var norm && norm > LeastNorm ? norm : 1;
}
