using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Merging.Methods;

/// <summary>Products of singular vectors without their values.</summary>
internal static class SingularProduct
{
    /// <summary>scale U V^T, the nearest matrix with equal singular values.</summary>
    /// <param name="svd">The decomposition.</param>
    /// <param name="scale">Every singular value of the result.</param>
    public static double[] Join(Svd svd, double scale)
    {
        double[] left = new double[svd.Count * svd.Rows], right = new double[svd.Count * svd.Columns], product = new double[svd.Rows * svd.Columns];
        for (int k = 0; k < svd.Count; k++)
        {
            svd.Left(k).CopyTo(left.AsSpan(k * svd.Rows));
            svd.Right(k).CopyTo(right.AsSpan(k * svd.Columns));
        }

        MatrixProduct.Multiply(left, right, product, svd.Rows, svd.Columns, svd.Count, transposeLeft: true, factor: scale);
        return product;
    }
}
