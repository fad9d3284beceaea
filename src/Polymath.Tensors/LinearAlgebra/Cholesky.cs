namespace Polymath.Tensors.LinearAlgebra;

/// <summary>Cholesky factorisation A = L L^T of a small symmetric positive definite matrix, row-major, in place.</summary>
/// <example><code>
/// double[] a = [4, 2, 2, 3];
/// double[] x = [8, 7];
/// Cholesky.Factor(a, 2);
/// Cholesky.Solve(a, x);   // x is now [1.25, 1.5]
/// </code></example>
public static class Cholesky
{
    /// <summary>Replaces the lower triangle (with diagonal) by L; the strict upper triangle is neither read nor written.</summary>
    /// <param name="matrix">[size, size], row-major.</param>
    /// <param name="size">Number of rows.</param>
    /// <exception cref="NotPositiveDefiniteException">A pivot is not positive.</exception>
    public static void Factor(Span<double> matrix, int size)
    {
        if (!TryFactor(matrix, size, out int row, out double pivot)) throw new NotPositiveDefiniteException(row, pivot);
    }

    /// <summary>As <see cref="Factor"/>, but reports the failing pivot instead of throwing; the matrix is then partly overwritten.</summary>
    /// <param name="matrix">[size, size], row-major.</param>
    /// <param name="size">Number of rows.</param>
    /// <param name="failedRow">Row of the failing pivot, or -1.</param>
    /// <param name="failedPivot">Value of the failing pivot, or 0.</param>
    /// <returns>Whether the matrix is numerically positive definite.</returns>
    public static bool TryFactor(Span<double> matrix, int size, out int failedRow, out double failedPivot)
    {
        SquareSize.Require(matrix, size, nameof(Cholesky));
        for (int i = 0; i < size; i++)
        {
            Span<double> row = matrix.Slice(i * size, size);
            for (int j = 0; j <= i; j++)
            {
                ReadOnlySpan<double> other = matrix.Slice(j * size, size);
                double sum = row[j];
                for (int k = 0; k < j; k++) sum -= row[k] * other[k];
                if (j < i)
                {
                    row[j] = sum / other[j];
                }
                else if (sum > 0 && double.IsFinite(sum))
                {
                    row[i] = Math.Sqrt(sum);
                }
                else
                {
                    (failedRow, failedPivot) = (i, sum);
                    return false;
                }
            }
        }

        (failedRow, failedPivot) = (-1, 0);
        return true;
    }

    /// <summary>Solves L L^T x = b in place.</summary>
    /// <param name="factor">What <see cref="Factor"/> left, [n, n].</param>
    /// <param name="vector">b on entry, x on return, [n].</param>
    public static void Solve(ReadOnlySpan<double> factor, Span<double> vector)
    {
        int size = vector.Length;
        SquareSize.Require(factor, size, nameof(Cholesky));
        for (int i = 0; i < size; i++)
        {
            double sum = vector[i];
            for (int k = 0; k < i; k++) sum -= factor[(i * size) + k] * vector[k];
            vector[i] = sum / factor[(i * size) + i];
        }

        for (int i = size - 1; i >= 0; i--)
        {
            double sum = vector[i];
            for (int k = i + 1; k < size; k++) sum -= factor[(k * size) + i] * vector[k];
            vector[i] = sum / factor[(i * size) + i];
        }
    }
}
