using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Learning.Balancing;

/// <summary>
/// The Gramian of unit gradients, C = N^-1 A N^-1 with N = diag(||g_k||): what the rules that see directions only are computed from. Rows of zero
/// are left out (zero in C). Working on C makes a solve as accurate for norms of 1e-6 and 1e6 as for equal ones.
/// </summary>
internal static class UnitGramian
{
    /// <summary>Writes C and the norms.</summary>
    /// <returns>How many rows are zero.</returns>
    public static int Compute(ReadOnlySpan<double> gramian, Span<double> cosines, Span<double> norms)
    {
        int n = norms.Length, zeros = 0;
        for (int i = 0; i < n; i++)
        {
            norms[i] = Math.Sqrt(gramian[(i * n) + i]);
            if (norms[i] == 0) zeros++;
        }

        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++) cosines[(i * n) + j] = norms[i] == 0 || norms[j] == 0 ? 0 : i == j ? 1 : gramian[(i * n) + j] / norms[i] / norms[j];
        }

        return zeros;
    }

    /// <summary>x = pinv(M) b for a symmetric positive semi-definite M.</summary>
    /// <param name="matrix">[n, n].</param>
    /// <param name="vector">b, [n].</param>
    /// <param name="relativeTolerance">Eigenvalues of at most this times the largest count as zero.</param>
    /// <param name="solution">[n], overwritten.</param>
    /// <returns>The numerical rank.</returns>
    public static int PseudoSolve(ReadOnlySpan<double> matrix, ReadOnlySpan<double> vector, double relativeTolerance, Span<double> solution)
    {
        int n = vector.Length, rank = 0;
        Span<double> values = n <= 64 ? stackalloc double[n] : new double[n], vectors = n <= 16 ? stackalloc double[n * n] : new double[n * n];
        SymmetricEigen.Decompose(matrix, values, vectors);
        double threshold = values[n - 1] * relativeTolerance;
        solution.Clear();
        for (int k = 0; k < n; k++)
        {
            if (!(values[k] > threshold)) continue;
            rank++;
            double coefficient = 0;
            for (int i = 0; i < n; i++) coefficient += vectors[(i * n) + k] * vector[i];
            coefficient /= values[k];
            for (int i = 0; i < n; i++) solution[i] += coefficient * vectors[(i * n) + k];
        }

        return rank;
    }
}
