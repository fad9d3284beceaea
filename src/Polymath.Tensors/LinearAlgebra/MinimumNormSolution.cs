namespace Polymath.Tensors.LinearAlgebra;

/// <summary>
/// The least-squares solution of A x = b with the smallest Euclidean norm, x = A^+ b, by a complete orthogonal decomposition (Golub and Van
/// Loan, section 5.5.2): A = Q R with R [rank, columns], then R^T = Q2 R2 and x = Q2 R2^-T Q^T b. Nothing is squared, unlike A^T (A A^T)^-1 b.
/// </summary>
/// <example><code>
/// double[] x = new double[2];
/// MinimumNormSolution.Solve([3, 4], [25], x);   // x is now [3, 4]
/// </code></example>
public static class MinimumNormSolution
{
    /// <summary>Solves A x = b.</summary>
    /// <param name="matrix">[rows, columns] row-major, finite, of any rank.</param>
    /// <param name="vector">[rows] the vector b.</param>
    /// <param name="solution">[columns] the vector x.</param>
    /// <param name="relativeTolerance">As in <see cref="PivotedQR"/>.</param>
    /// <returns>The numerical rank of A.</returns>
    public static int Solve(ReadOnlySpan<double> matrix, ReadOnlySpan<double> vector, Span<double> solution, double? relativeTolerance = null)
    {
        int rows = vector.Length, columns = solution.Length;
        var qr = new PivotedQR(matrix, rows, columns, relativeTolerance);
        int rank = qr.Rank;
        solution.Clear();
        if (rank == 0) return 0;

        double[] projected = vector.ToArray(), reduced = new double[rank * columns], transposed = new double[rank * columns];
        qr.ApplyTransposed(projected);
        qr.CopyReduced(reduced);
        for (int i = 0; i < rank; i++)
        {
            for (int j = 0; j < columns; j++) transposed[(j * rank) + i] = reduced[(i * columns) + j];
        }

        var second = new PivotedQR(transposed, columns, rank, relativeTolerance: 0);
        for (int i = 0; i < second.Rank; i++) solution[i] = projected[second.Order[i]];
        second.SolveUpperTransposed(solution);
        second.Apply(solution);
        return rank;
    }
}
