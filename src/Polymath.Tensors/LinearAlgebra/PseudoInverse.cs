namespace Polymath.Tensors.LinearAlgebra;

/// <summary>Moore-Penrose inverse of a small symmetric matrix: V diag(1/l_i where |l_i| is large enough, else 0) V^T.</summary>
public static class PseudoInverse
{
    /// <summary>Computes the pseudo-inverse of a symmetric matrix.</summary>
    /// <param name="matrix">[size, size] row-major, symmetric.</param>
    /// <param name="size">Number of rows.</param>
    /// <param name="destination">[size, size], may not overlap <paramref name="matrix"/>.</param>
    /// <param name="relativeTolerance">Eigenvalues with |l| at most this times max |l| count as zero; by default size * 2^-52, as LAPACK users do.</param>
    /// <returns>The numerical rank.</returns>
    public static int Symmetric(ReadOnlySpan<double> matrix, int size, Span<double> destination, double? relativeTolerance = null)
    {
        SquareSize.Require(matrix, size, nameof(PseudoInverse));
        SquareSize.Require(destination, size, nameof(PseudoInverse));
        if (relativeTolerance is < 0 or double.NaN)
        {
            throw new ArgumentOutOfRangeException(nameof(relativeTolerance), relativeTolerance, "PseudoInverse: the tolerance must be at least 0; leave it out for the default.");
        }

        double[] values = new double[size], vectors = new double[size * size];
        SymmetricEigen.Decompose(matrix, values, vectors);
        double largest = 0;
        foreach (double value in values) largest = Math.Max(largest, Math.Abs(value));
        double threshold = largest * (relativeTolerance ?? size * Math.ScaleB(1, -52));

        destination.Clear();
        int rank = 0;
        for (int k = 0; k < size; k++)
        {
            if (Math.Abs(values[k]) <= threshold) continue;
            rank++;
            for (int i = 0; i < size; i++)
            {
                double left = vectors[(i * size) + k] / values[k];
                for (int j = 0; j < size; j++) destination[(i * size) + j] += left * vectors[(j * size) + k];
            }
        }

        return rank;
    }
}
