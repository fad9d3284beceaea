namespace Polymath.Tensors;

// Losses that read their outputs through three numbers only.
public static partial class Fused
{
    /// <summary>A loss of the spherical family for each row: one pass forward, one back.</summary>
    /// <param name="outputs">Shape <c>[rows, classes]</c>, at least two classes.</param>
    /// <param name="labels">Class numbers, <c>[rows]</c>; NaN where not observed, which gives 0 and no gradient. Not differentiated.</param>
    /// <param name="form">Which loss.</param>
    /// <returns>Shape <c>[rows]</c>.</returns>
    /// <exception cref="TensorException">The shapes do not fit each other, or a label is not a class.</exception>
    public static Tensor SphericalLoss(Tensor outputs, Tensor labels, in SphericalForm form) => Ops.SphericalLoss.Forward(outputs, labels, form);

    /// <summary>
    /// The Z-loss of each row, softplus(a (b - z)) / a with z the target's output in standard deviations from the mean output (de Brébisson and
    /// Vincent 2016). It has no gradient for two classes, where z is always +1 or -1, nor for a row of equal outputs.
    /// </summary>
    /// <param name="outputs">Shape <c>[rows, classes]</c>, at least two classes.</param>
    /// <param name="labels">Class numbers, <c>[rows]</c>; NaN where not observed, which gives 0 and no gradient. Not differentiated.</param>
    /// <param name="a">Sharpness, more than 0.</param>
    /// <param name="b">Location.</param>
    /// <returns>Shape <c>[rows]</c>.</returns>
    /// <exception cref="TensorException">The shapes do not fit each other, or a label is not a class.</exception>
    /// <exception cref="ArgumentOutOfRangeException">a is not a finite number more than 0, or b is not finite.</exception>
    public static Tensor ZLoss(Tensor outputs, Tensor labels, float a = 1f, float b = 0f) => Ops.SphericalLoss.Forward(outputs, labels, SphericalForm.Z(a, b));
}
