using System.Numerics.Tensors;

namespace Polymath.Tensors.LinearAlgebra;

/// <summary>
/// Householder factorisation A P = Q R of a small dense matrix with column pivoting (Golub and Van Loan, section 5.4): every step takes the
/// column with the largest remaining norm, so that the diagonal of R falls and shows the numerical rank.
/// </summary>
/// <example><code>
/// var qr = new PivotedQR([1, 0, 1, 1, 1, 0], rows: 3, columns: 2);
/// double[] x = new double[2];
/// qr.SolveLeastSquares([1, 3, 1], x);   // x is now [1, 2]
/// </code></example>
public sealed class PivotedQR
{
    private readonly double[] _columns, _reflector;
    private readonly int[] _order;

    /// <summary>Factors a matrix.</summary>
    /// <param name="matrix">[rows, columns] row-major, finite.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="relativeTolerance">A diagonal element of R with at most this times the largest counts as zero; by default max(rows, columns) * 2^-50.</param>
    /// <exception cref="ArithmeticException">The matrix holds a NaN or an infinity.</exception>
    public PivotedQR(ReadOnlySpan<double> matrix, int rows, int columns, double? relativeTolerance = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        if (matrix.Length != (long)rows * columns) throw new ArgumentException($"PivotedQR: the matrix has {matrix.Length} elements, expected {rows} x {columns}; pass it row-major.");
        (Rows, Columns) = (rows, columns);
        _columns = new double[rows * columns];
        _reflector = new double[Math.Min(rows, columns)];
        _order = new int[columns];
        for (int j = 0; j < columns; j++)
        {
            _order[j] = j;
            for (int i = 0; i < rows; i++)
            {
                double value = matrix[(i * columns) + j];
                if (!double.IsFinite(value)) throw new ArithmeticException($"PivotedQR: element ({i}, {j}) is {value}, expected a finite number.");
                _columns[(j * rows) + i] = value;
            }
        }

        Factor(relativeTolerance ?? Math.Max(rows, columns) * Math.ScaleB(1, -50));
    }

    /// <summary>Number of rows of A.</summary>
    public int Rows { get; }

    /// <summary>Number of columns of A.</summary>
    public int Columns { get; }

    /// <summary>The numerical rank.</summary>
    public int Rank { get; private set; }

    /// <summary>[Columns]: which column of A stands at each position; the first <see cref="Rank"/> are linearly independent.</summary>
    public ReadOnlySpan<int> Order => _order;

    /// <summary>Replaces a vector by Q^T times it.</summary>
    /// <param name="vector">[Rows].</param>
    public void ApplyTransposed(Span<double> vector)
    {
        for (int k = 0; k < Rank; k++) Reflect(k, vector);
    }

    /// <summary>Replaces a vector by Q times it.</summary>
    /// <param name="vector">[Rows].</param>
    public void Apply(Span<double> vector)
    {
        for (int k = Rank - 1; k >= 0; k--) Reflect(k, vector);
    }

    /// <summary>Solves R11 x = c in place, R11 being the leading [Rank, Rank] block of R.</summary>
    /// <param name="vector">c on entry, x on return; at least Rank long, the rest is left alone.</param>
    public void SolveUpper(Span<double> vector)
    {
        for (int k = Rank - 1; k >= 0; k--)
        {
            vector[k] /= _columns[(k * Rows) + k];
            for (int i = 0; i < k; i++) vector[i] -= _columns[(k * Rows) + i] * vector[k];
        }
    }

    /// <summary>Solves R11^T x = c in place.</summary>
    /// <param name="vector">c on entry, x on return; at least Rank long, the rest is left alone.</param>
    public void SolveUpperTransposed(Span<double> vector)
    {
        for (int k = 0; k < Rank; k++)
        {
            double sum = vector[k];
            for (int i = 0; i < k; i++) sum -= _columns[(k * Rows) + i] * vector[i];
            vector[k] = sum / _columns[(k * Rows) + k];
        }
    }

    /// <summary>A least-squares solution of A x = b with at most <see cref="Rank"/> non-zeros (the only one when A has full column rank).</summary>
    /// <param name="vector">[Rows] the vector b.</param>
    /// <param name="solution">[Columns] the vector x.</param>
    /// <returns>The norm of the residual.</returns>
    public double SolveLeastSquares(ReadOnlySpan<double> vector, Span<double> solution)
    {
        double[] work = vector.ToArray();
        ApplyTransposed(work);
        SolveUpper(work);
        solution.Clear();
        for (int k = 0; k < Rank; k++) solution[_order[k]] = work[k];
        return Rank < Rows ? TensorPrimitives.Norm<double>(work.AsSpan(Rank)) : 0;
    }

    /// <summary>Writes the first <see cref="Rank"/> rows of Q^T A, in the order of A's columns: the same row space with full row rank.</summary>
    /// <param name="destination">[Rank, Columns] row-major.</param>
    public void CopyReduced(Span<double> destination)
    {
        for (int i = 0; i < Rank; i++)
        {
            for (int j = 0; j < Columns; j++) destination[(i * Columns) + _order[j]] = i <= j ? _columns[(j * Rows) + i] : 0;
        }
    }

    /// <summary>Writes column <paramref name="index"/> of Q; the first <see cref="Rank"/> are an orthonormal basis of the range of A.</summary>
    /// <param name="index">Which column, below Rows.</param>
    /// <param name="destination">[Rows].</param>
    public void CopyBasis(int index, Span<double> destination)
    {
        destination.Clear();
        destination[index] = 1;
        Apply(destination);
    }

    private Span<double> Column(int position) => _columns.AsSpan(position * Rows, Rows);

    private void Factor(double tolerance)
    {
        double largest = 0;
        for (int k = 0; k < _reflector.Length; k++)
        {
            int pivot = k;
            double norm = -1;
            for (int j = k; j < Columns; j++)
            {
                double candidate = ScaledNorm(Column(j)[k..]);
                if (candidate > norm) (pivot, norm) = (j, candidate);
            }

            if (k == 0) largest = norm;
            if (norm == 0 || norm <= tolerance * largest) return;
            Swap(k, pivot);
            Rank++;

            // H = I - v v^T / (v_0 * head) maps the column to -sign(x_0) |x| e_0; v overwrites the column below the diagonal with v_0 = 1.
            Span<double> column = Column(k)[k..];
            double diagonal = column[0] >= 0 ? -norm : norm, first = column[0] - diagonal;
            for (int i = 1; i < column.Length; i++) column[i] /= first;
            _reflector[k] = -first / diagonal;
            column[0] = diagonal;
            for (int j = k + 1; j < Columns; j++) Reflect(k, Column(j));
        }
    }

    /// <summary>Applies reflection k: x -= beta v (v^T x) with v = (1, the elements below the diagonal).</summary>
    private void Reflect(int k, Span<double> vector)
    {
        ReadOnlySpan<double> below = Column(k)[(k + 1)..];
        Span<double> rest = vector.Slice(k + 1, below.Length);
        double product = _reflector[k] * (vector[k] + TensorPrimitives.Dot(below, rest));
        vector[k] -= product;
        TensorPrimitives.MultiplyAdd(below, -product, rest, rest);
    }

    private void Swap(int first, int second)
    {
        if (first == second) return;
        (_order[first], _order[second]) = (_order[second], _order[first]);
        Span<double> a = Column(first), b = Column(second);
        for (int i = 0; i < a.Length; i++) (a[i], b[i]) = (b[i], a[i]);
    }

    /// <summary>The Euclidean norm, without overflow or underflow of the squares.</summary>
    private static double ScaledNorm(ReadOnlySpan<double> vector)
    {
        double largest = 0, sum = 0;
        foreach (double value in vector) largest = Math.Max(largest, Math.Abs(value));
        if (largest == 0) return 0;
        int exponent = Math.ILogB(largest);
        foreach (double value in vector)
        {
            double scaled = Math.ScaleB(value, -exponent);
            sum += scaled * scaled;
        }

        return Math.ScaleB(Math.Sqrt(sum), exponent);
    }
}
