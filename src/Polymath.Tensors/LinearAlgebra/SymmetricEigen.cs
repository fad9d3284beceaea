namespace Polymath.Tensors.LinearAlgebra;

/// <summary>
/// Eigen-decomposition A = V diag(l) V^T of a small symmetric matrix by cyclic Jacobi rotations (Golub and Van Loan, section 8.5).
/// For positive semi-definite input the stopping rule is relative to sqrt(a_pp a_qq), so small eigenvalues of badly scaled
/// Gram matrices keep their digits (Demmel and Veselic 1992).
/// </summary>
public static class SymmetricEigen
{
    private const int MaxSweeps = 64;

    /// <summary>Up to this size nothing is allocated.</summary>
    private const int StackSize = 16;

    private const double Tolerance = 1.0 / (1L << 53);

    /// <summary>Computes eigenvalues in ascending order with their orthonormal eigenvectors.</summary>
    /// <param name="matrix">[n, n] row-major and symmetric; only read.</param>
    /// <param name="values">[n], ascending.</param>
    /// <param name="vectors">[n, n] row-major; column j belongs to values[j].</param>
    /// <exception cref="ArithmeticException">The matrix holds a NaN or an infinity.</exception>
    public static void Decompose(ReadOnlySpan<double> matrix, Span<double> values, Span<double> vectors)
    {
        int n = values.Length;
        SquareSize.Require(matrix, n, nameof(SymmetricEigen));
        SquareSize.Require(vectors, n, nameof(SymmetricEigen));
        foreach (double value in matrix)
        {
            if (!double.IsFinite(value)) throw new ArithmeticException($"SymmetricEigen: the matrix holds {value}, expected finite numbers; check the gradients it came from.");
        }

        Span<double> work = n <= StackSize ? stackalloc double[n * n] : new double[n * n];
        matrix.CopyTo(work);
        vectors.Clear();
        for (int i = 0; i < n; i++) vectors[(i * n) + i] = 1;
        for (int sweep = 0; sweep < MaxSweeps && Sweep(work, vectors, n); sweep++) { }

        for (int i = 0; i < n; i++) values[i] = work[(i * n) + i];
        SortAscending(values, vectors, n);
    }

    /// <summary>One rotation for every off-diagonal element that still matters; false when none did.</summary>
    private static bool Sweep(Span<double> a, Span<double> v, int n)
    {
        bool rotated = false;
        for (int p = 0; p < n - 1; p++)
        {
            for (int q = p + 1; q < n; q++)
            {
                double apq = a[(p * n) + q], app = a[(p * n) + p], aqq = a[(q * n) + q];
                if (apq == 0 || Math.Abs(apq) <= Tolerance * Math.Sqrt(Math.Abs(app)) * Math.Sqrt(Math.Abs(aqq))) continue;
                rotated |= Math.Abs(apq) > double.Epsilon * 16;
                double theta = (aqq - app) / (2 * apq);
                double t = double.IsInfinity(theta) ? 0 : Math.CopySign(1, theta) / (Math.Abs(theta) + Math.Sqrt((theta * theta) + 1));
                double c = 1 / Math.Sqrt((t * t) + 1), s = t * c;
                a[(p * n) + p] = app - (t * apq);
                a[(q * n) + q] = aqq + (t * apq);
                a[(p * n) + q] = a[(q * n) + p] = 0;
                for (int r = 0; r < n; r++)
                {
                    if (r != p && r != q)
                    {
                        double arp = a[(r * n) + p], arq = a[(r * n) + q];
                        a[(r * n) + p] = a[(p * n) + r] = (c * arp) - (s * arq);
                        a[(r * n) + q] = a[(q * n) + r] = (s * arp) + (c * arq);
                    }

                    double vrp = v[(r * n) + p], vrq = v[(r * n) + q];
                    v[(r * n) + p] = (c * vrp) - (s * vrq);
                    v[(r * n) + q] = (s * vrp) + (c * vrq);
                }
            }
        }

        return rotated;
    }

    private static void SortAscending(Span<double> values, Span<double> vectors, int n)
    {
        for (int i = 0; i < n - 1; i++)
        {
            int least = i;
            for (int j = i + 1; j < n; j++)
            {
                if (values[j] < values[least]) least = j;
            }

            if (least == i) continue;
            (values[i], values[least]) = (values[least], values[i]);
            for (int r = 0; r < n; r++)
            {
                (vectors[(r * n) + i], vectors[(r * n) + least]) = (vectors[(r * n) + least], vectors[(r * n) + i]);
            }
        }
    }
}
