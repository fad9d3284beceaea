using System.Numerics.Tensors;
using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Learning.Relevance;

/// <summary>
/// min ||x||_1 subject to A x = b, the linear program min 1^T (u + v), A (u - v) = b, u, v >= 0, by the primal simplex method; the answer is a
/// vertex. When b is outside the range of A, it is replaced by its projection, which gives the least-squares solution of smallest norm.
/// </summary>
/// <remarks>
/// Any independent columns B are a feasible start, since the sign of each column (u_j or v_j) can make B^-1 b non-negative. With y = B^-T 1
/// the column with the largest |a_j^T y| above 1 enters (Dantzig); after a step of length 0 the smallest index does (Bland 1977), so
/// that the method ends. The basis is factored anew in every step: it has few rows. Equal columns share evenly.
/// </remarks>
/// <example><code>
/// BasisPursuitSolution one = BasisPursuit.Solve([1, 0, 0.8, 0, 1, 0.8], [1, 1]);   // Coefficients is [0, 0, 1.25]
/// </code></example>
public static class BasisPursuit
{
    private const double Unit = 1.0 / (1L << 52);

    /// <summary>Solves one problem.</summary>
    /// <param name="matrix">A, [rows, columns] row-major, finite, of any rank.</param>
    /// <param name="target">b, [rows].</param>
    /// <exception cref="RelevanceException">Shapes do not fit or an element is not finite.</exception>
    public static BasisPursuitSolution Solve(ReadOnlySpan<double> matrix, ReadOnlySpan<double> target)
    {
        var a = ColumnMatrix.Create(matrix, target.Length, nameof(BasisPursuit));
        double[] b = ColumnMatrix.Scale(target, nameof(BasisPursuit), out int exponent);
        double[] scaled = new double[matrix.Length], x = new double[a.Columns], dual = new double[a.Rows], residual = new double[a.Rows];
        for (int i = 0; i < scaled.Length; i++) scaled[i] = Math.ScaleB(matrix[i], -a.Exponent);
        var qr = new PivotedQR(scaled, a.Rows, a.Columns);
        if (qr.Rank > 0)
        {
            double[] reduced = new double[qr.Rank * a.Columns], projected = [.. b];
            qr.CopyReduced(reduced);
            qr.ApplyTransposed(projected);
            int[] representatives = a.Representatives();
            new Simplex(reduced, projected.AsSpan(0, qr.Rank), representatives, qr.Order[..qr.Rank]).Minimize(x, dual);
            qr.Apply(dual);
            a.ShareEvenly(representatives, x);
        }

        a.Residual(b, x, residual);
        double norm = Math.ScaleB(TensorPrimitives.Norm<double>(residual), exponent);
        for (int j = 0; j < x.Length; j++) x[j] = Math.ScaleB(x[j], exponent - a.Exponent);
        for (int i = 0; i < dual.Length; i++) dual[i] = Math.ScaleB(dual[i], -a.Exponent);
        return new BasisPursuitSolution(x, dual, TensorPrimitives.SumOfMagnitudes<double>(x), norm, qr.Rank);
    }

    /// <summary>The simplex method on a matrix with full row rank.</summary>
    private sealed class Simplex
    {
        private readonly int _rows;
        private readonly double[] _columns, _b, _norms, _point, _dual, _direction, _basisMatrix;
        private readonly int[] _representatives, _basis;
        private readonly int[] _sign;
        private readonly bool[] _isBasic;

        public Simplex(ReadOnlySpan<double> matrix, ReadOnlySpan<double> target, int[] representatives, ReadOnlySpan<int> independent)
        {
            (_rows, _representatives, _b) = (target.Length, representatives, target.ToArray());
            int count = representatives.Length;
            (_columns, _norms, _isBasic, _basis, _sign) = (new double[matrix.Length], new double[count], new bool[count], new int[_rows], new int[_rows]);
            (_point, _dual, _direction, _basisMatrix) = (new double[_rows], new double[_rows], new double[_rows], new double[_rows * _rows]);
            for (int j = 0; j < count; j++)
            {
                for (int i = 0; i < _rows; i++) _columns[(j * _rows) + i] = matrix[(i * count) + j];
                _norms[j] = TensorPrimitives.Norm(Column(j));
            }

            for (int i = 0; i < _rows; i++)
            {
                (_basis[i], _sign[i]) = (representatives[independent[i]], 1);
                _isBasic[_basis[i]] = true;
            }
        }

        private int Columns => _norms.Length;

        public void Minimize(Span<double> x, Span<double> dual)
        {
            PivotedQR factor = Factor();
            SolveBasis(factor, _b, _point);
            for (int i = 0; i < _rows; i++)
            {
                if (_point[i] < 0) _sign[i] = -1;
            }

            bool bland = false;
            for (int budget = 100 * (Columns + _rows); budget > 0; budget--)
            {
                factor = Factor();
                SolveBasis(factor, _b, _point);
                SolveBasisTransposed(factor);
                int entering = Entering(bland, out int sign);
                if (entering < 0) break;
                double[] column = Column(entering).ToArray();
                TensorPrimitives.Multiply(column, sign, column);
                SolveBasis(factor, column, _direction);
                int leaving = Leaving(bland, out double step);
                if (leaving < 0) break;
                bland = step * _norms[entering] <= 8 * Unit * TensorPrimitives.Norm<double>(_b);
                _isBasic[_basis[leaving]] = false;
                _isBasic[entering] = true;
                (_basis[leaving], _sign[leaving]) = (entering, sign);
            }

            // What a basic column contributes below rounding is a zero of a degenerate vertex.
            double noise = 64 * Unit * _rows * TensorPrimitives.Norm<double>(_b);
            for (int i = 0; i < _rows; i++) x[_basis[i]] = _point[i] * _norms[_basis[i]] <= noise ? 0 : _sign[i] * _point[i];
            _dual.CopyTo(dual);
        }

        private ReadOnlySpan<double> Column(int index) => _columns.AsSpan(index * _rows, _rows);

        private PivotedQR Factor()
        {
            for (int j = 0; j < _rows; j++)
            {
                ReadOnlySpan<double> column = Column(_basis[j]);
                for (int i = 0; i < _rows; i++) _basisMatrix[(i * _rows) + j] = _sign[j] * column[i];
            }

            return new PivotedQR(_basisMatrix, _rows, _rows, relativeTolerance: 0);
        }

        private static void SolveBasis(PivotedQR factor, ReadOnlySpan<double> vector, double[] solution) => factor.SolveLeastSquares(vector, solution);

        /// <summary>y = B^-T 1 = Q R^-T P^T 1.</summary>
        private void SolveBasisTransposed(PivotedQR factor)
        {
            Array.Fill(_dual, 1);
            factor.SolveUpperTransposed(_dual);
            factor.Apply(_dual);
        }

        /// <summary>A column whose reduced cost 1 - |a_j^T y| is negative, and the sign that it enters with; -1 at the optimum.</summary>
        private int Entering(bool bland, out int sign)
        {
            int best = -1;
            double most = 0, dual = TensorPrimitives.Norm<double>(_dual);
            sign = 1;
            for (int j = 0; j < Columns; j++)
            {
                if (_isBasic[j] || _representatives[j] != j) continue;
                double price = TensorPrimitives.Dot<double>(Column(j), _dual), gain = Math.Abs(price) - 1;
                if (gain <= 1e-12 + (8 * _rows * Unit * _norms[j] * dual) || gain <= most) continue;
                (best, sign, most) = (j, Math.Sign(price), gain);
                if (bland) break;
            }

            return best;
        }

        /// <summary>The basic variable that reaches zero first along the direction.</summary>
        private int Leaving(bool bland, out double step)
        {
            int leaving = -1;
            step = double.PositiveInfinity;
            double floor = 1e-13 * TensorPrimitives.MaxMagnitude<double>(_direction);
            for (int i = 0; i < _rows; i++)
            {
                if (_direction[i] <= Math.Abs(floor)) continue;
                double limit = Math.Max(_point[i], 0) / _direction[i];
                bool tie = leaving >= 0 && limit == step && (bland ? _basis[i] < _basis[leaving] : _direction[i] > _direction[leaving]);
                if (limit < step || tie) (leaving, step) = (i, limit);
            }

            return leaving;
        }
    }
}
