using System.Numerics.Tensors;
using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Merging.Methods;

/// <summary>Sums the task vectors and makes all singular values of the sum equal.</summary>
/// <remarks>Marczak et al., "No Task Left Behind: Isotropic Model Merging with Common and Task-Specific Subspaces", ICML 2025 (Iso-C).</remarks>
public sealed class IsoC : SpectralFamily
{
    /// <inheritdoc/>
    public override string Name => "iso_c";

    /// <inheritdoc/>
    public override string Summary => "Sums the task vectors and makes all singular values of the sum equal.";

    /// <inheritdoc/>
    public override string Formula => "b + lambda mean(s) U V^T, U diag(s) V^T = sum_m (x_m - b) for matrices; the mean of x_m - b elsewhere";

    /// <inheritdoc/>
    public override string Use => "many tasks, so that the few strongest directions do not drown the others";

    /// <inheritdoc/>
    public override string Source => "Marczak et al., No Task Left Behind: Isotropic Model Merging, ICML 2025";

    /// <inheritdoc/>
    private protected override double[] Join(double[][] vectors, int rows, int columns)
    {
        double[] sum = new double[rows * columns];
        foreach (double[] vector in vectors) TensorPrimitives.Add(sum, vector, sum);
        var svd = new Svd(sum, rows, columns);
        return SingularProduct.Join(svd, TensorPrimitives.Sum(svd.Values) / svd.Count);
    }
}
