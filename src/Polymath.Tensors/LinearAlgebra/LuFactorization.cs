using System.Numerics.Tensors;

namespace Polymath.Tensors.LinearAlgebra;

/// <summary>P A = L U of a small square matrix with partial pivoting (Golub and Van Loan, section 3.4), row-major, in place.</summary>
/// <example><code>
/// double[] a = [0, 2, 1, 3];
/// int[] pivots = new int[2];
/// double determinant = LuFactorization.Factor(a, pivots);   // -2
/// double[] x = [4, 5];
/// LuFactorization.Solve(a, pivots, x, columns: 1);          // x is now [-1, 2]
/// </code></example>
public static class LuFactorization
{
    /// <summary>Replaces A by L (strict lower triangle, unit diagonal) and U.</summary>
    /// <param name="matrix">A <c>[n, n]</c>, row-major.</param>
    /// <param name="pivots">Receives the row exchanged with each row, <c>[n]</c>.</param>
    /// <returns>The determinant of A; 0, with the factors unusable, when A is singular to the last digit, and NaN when it holds a NaN.</returns>
    public static double Factor(Span<double> matrix, Span<int> pivots)
    {
        int n = pivots.Length;
        SquareSize.Require(matrix, n, nameof(LuFactorization));
        double determinant = 1;
        for (int k = 0; k < n; k++)
        {
            int pivot = k;
            for (int i = k + 1; i < n; i++)
            {
                if (Math.Abs(matrix[(i * n) + k]) > Math.Abs(matrix[(pivot * n) + k])) pivot = i;
            }

            pivots[k] = pivot;
            if (pivot != k)
            {
                Exchange(matrix, k, pivot, n);
                determinant = -determinant;
            }

            Span<double> row = matrix.Slice(k * n, n);
            determinant *= row[k];
            if (row[k] == 0) return 0;
            for (int i = k + 1; i < n; i++)
            {
                Span<double> other = matrix.Slice(i * n, n);
                double factor = other[k] /= row[k];
                if (factor != 0) TensorPrimitives.MultiplyAdd(row[(k + 1)..], -factor, other[(k + 1)..], other[(k + 1)..]);
            }
        }

        return determinant;
    }

    /// <summary>Solves A X = B in place.</summary>
    /// <param name="factors">What <see cref="Factor"/> left, <c>[n, n]</c>.</param>
    /// <param name="pivots">What it wrote, <c>[n]</c>.</param>
    /// <param name="right">B on entry, X on return, <c>[n, columns]</c>.</param>
    /// <param name="columns">Columns of B.</param>
    public static void Solve(ReadOnlySpan<double> factors, ReadOnlySpan<int> pivots, Span<double> right, int columns)
    {
        int n = pivots.Length;
        SquareSize.Require(factors, n, nameof(LuFactorization));
        for (int i = 0; i < n; i++)
        {
            if (pivots[i] != i) Exchange(right, i, pivots[i], columns);
        }

        for (int i = 0; i < n; i++)
        {
            for (int k = 0; k < i; k++) Subtract(right, i, k, factors[(i * n) + k], columns);
        }

        for (int i = n - 1; i >= 0; i--)
        {
            for (int k = i + 1; k < n; k++) Subtract(right, i, k, factors[(i * n) + k], columns);
            Span<double> row = right.Slice(i * columns, columns);
            TensorPrimitives.Divide(row, factors[(i * n) + i], row);
        }
    }

    /// <summary>The inverse of A from its factors.</summary>
    /// <param name="factors">What <see cref="Factor"/> left, <c>[n, n]</c>.</param>
    /// <param name="pivots">What it wrote, <c>[n]</c>.</param>
    /// <param name="inverse">Receives the inverse, <c>[n, n]</c>.</param>
    public static void Invert(ReadOnlySpan<double> factors, ReadOnlySpan<int> pivots, Span<double> inverse)
    {
        int n = pivots.Length;
        SquareSize.Require(inverse, n, nameof(LuFactorization));
        inverse.Clear();
        for (int i = 0; i < n; i++) inverse[(i * n) + i] = 1;
        Solve(factors, pivots, inverse, n);
    }

    private static void Subtract(Span<double> rows, int target, int source, double factor, int width)
    {
        if (factor != 0) TensorPrimitives.MultiplyAdd(rows.Slice(source * width, width), -factor, rows.Slice(target * width, width), rows.Slice(target * width, width));
    }

    private static void Exchange(Span<double> rows, int first, int second, int width)
    {
        for (int j = 0; j < width; j++) (rows[(first * width) + j], rows[(second * width) + j]) = (rows[(second * width) + j], rows[(first * width) + j]);
    }
}
