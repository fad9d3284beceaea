using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Merging.Methods;

/// <summary>Keeps the leading singular triples of every task vector and makes the vectors of all tasks orthogonal to each other.</summary>
/// <remarks>Gargiulo et al., "Task Singular Vectors: Reducing Task Interference in Model Merging", CVPR 2025 (TSV-M).</remarks>
public sealed class TsvM : SpectralFamily
{
    /// <inheritdoc/>
    public override string Name => "tsv_m";

    /// <inheritdoc/>
    public override string Summary => "Keeps the leading singular triples of every task vector and makes those of all tasks orthogonal to each other.";

    /// <inheritdoc/>
    public override string Formula => "b + lambda U diag(s) V^T, U and V the orthogonal matrices nearest to the leading min(rows, columns) / n vectors of every x_m - b side by side; the mean of x_m - b elsewhere";

    /// <inheritdoc/>
    public override string Use => "several tasks whose changes are of low rank, such as transformers";

    /// <inheritdoc/>
    public override string Source => "Gargiulo et al., Task Singular Vectors, CVPR 2025";

    /// <inheritdoc/>
    private protected override double[] Join(double[][] vectors, int rows, int columns)
    {
        int kept = Math.Min(rows, columns) / vectors.Length, all = kept * vectors.Length;
        double[] merged = new double[rows * columns];
        if (all == 0) return merged;
        double[] left = new double[all * rows], right = new double[all * columns], values = new double[all];
        for (int task = 0; task < vectors.Length; task++)
        {
            var svd = new Svd(vectors[task], rows, columns);
            for (int k = 0; k < kept; k++)
            {
                int at = (task * kept) + k;
                values[at] = svd.Values[k];
                svd.Left(k).CopyTo(left.AsSpan(at * rows));
                svd.Right(k).CopyTo(right.AsSpan(at * columns));
            }
        }

        // Rows of both factors are singular vectors; the nearest orthogonal matrix of a transpose is the transpose of the nearest.
        left = SingularProduct.Join(new Svd(left, all, rows), 1);
        right = SingularProduct.Join(new Svd(right, all, columns), 1);
        for (int at = 0; at < all; at++)
        {
            foreach (ref double element in left.AsSpan(at * rows, rows)) element *= values[at];
        }

        MatrixProduct.Multiply(left, right, merged, rows, columns, all, transposeLeft: true);
        return merged;
    }
}
