using System.Numerics.Tensors;
using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Learning.Relevance;

/// <summary>
/// min_x 1/2 ||A x - b||^2 + lambda ||x||_1 by cyclic coordinate descent, stopped by the duality gap. When the signs have settled, the exact
/// solution for them, (A_S^T A_S) x_S = A_S^T b - lambda s, replaces the iterate if it closes more of the gap.
/// </summary>
/// <remarks>
/// A tiny lambda on a wide matrix makes the sweeps crawl, as weight moves between columns only through the residual. After
/// 500 of them the same problem as a quadratic program, x = u - v with u, v >= 0, gives the support to go on from.
/// With r = b - A x and theta = r min(1, lambda / ||A^T r||_inf) the gap is 1/2 ||r - theta||^2 + sum_j (lambda |x_j| - x_j a_j^T theta), a sum
/// of non-negative terms that does not cancel. scikit-learn's alpha is lambda divided by the number of rows. Equal columns share evenly.
/// </remarks>
/// <example><code>
/// LassoSolution one = Lasso.Solve([1, 0, 0, 1], [3, 0.5], lambda: 1);   // Coefficients is [2, 0]
/// </code></example>
public static class Lasso
{
    private const int MaxSweeps = 100_000, SweepsPerCheck = 10, SweepsBeforeActiveSet = 500, LargestActiveSet = 1000;

    /// <summary>The smallest lambda that makes x = 0 optimal: ||A^T b||_inf.</summary>
    /// <param name="matrix">[rows, columns] row-major.</param>
    /// <param name="target">[rows].</param>
    public static double LargestLambda(ReadOnlySpan<double> matrix, ReadOnlySpan<double> target)
    {
        var a = ColumnMatrix.Create(matrix, target.Length, nameof(Lasso));
        double[] b = ColumnMatrix.Scale(target, nameof(Lasso), out int exponent);
        return Math.ScaleB(LargestCorrelation(a, b), a.Exponent + exponent);
    }

    /// <summary>Solves one problem.</summary>
    /// <param name="matrix">A, [rows, columns] row-major, finite.</param>
    /// <param name="target">b, [rows].</param>
    /// <param name="lambda">The penalty, > 0.</param>
    /// <param name="tol">The duality gap to reach, relative to 1/2 ||b||^2, > 0.</param>
    /// <param name="start">[columns] where to start, for a path of lambdas; 0 when empty.</param>
    /// <exception cref="RelevanceException">Shapes do not fit, an element is not finite, or lambda is not positive.</exception>
    public static LassoSolution Solve(ReadOnlySpan<double> matrix, ReadOnlySpan<double> target, double lambda, double tol = 1e-10, ReadOnlySpan<double> start = default)
    {
        if (!(lambda > 0) || !double.IsFinite(lambda)) throw new RelevanceException($"Lasso: lambda is {lambda}, expected a finite number > 0; for lambda = 0 use {nameof(BasisPursuit)} or the minimum-norm solution.");
        if (!(tol > 0)) throw new RelevanceException($"Lasso: the tolerance is {tol}, expected a number > 0 such as 1e-10.");
        var a = ColumnMatrix.Create(matrix, target.Length, nameof(Lasso));
        if (!start.IsEmpty && start.Length != a.Columns) throw new RelevanceException($"Lasso: the start has {start.Length} elements, expected {a.Columns}, one a column.");
        double[] b = ColumnMatrix.Scale(target, nameof(Lasso), out int exponent);

        // A = 2^p A', b = 2^q b', x = 2^(q-p) x', lambda = 2^(p+q) lambda'.
        var search = new Search(a, b, Math.ScaleB(lambda, -a.Exponent - exponent));
        for (int j = 0; j < start.Length; j++) search.X[j] = Math.ScaleB(start[j], a.Exponent - exponent);
        bool converged = search.Run(0.5 * tol * TensorPrimitives.SumOfSquares<double>(b), out int sweeps);
        double objective = Math.ScaleB(search.Objective, 2 * exponent), gap = Math.ScaleB(search.Gap, 2 * exponent);
        a.ShareEvenly(search.Representatives, search.X);
        for (int j = 0; j < a.Columns; j++) search.X[j] = Math.ScaleB(search.X[j], exponent - a.Exponent);
        return new LassoSolution(search.X, objective, gap, sweeps, converged);
    }

    private static double LargestCorrelation(ColumnMatrix a, ReadOnlySpan<double> vector)
    {
        double largest = 0;
        for (int j = 0; j < a.Columns; j++) largest = Math.Max(largest, Math.Abs(TensorPrimitives.Dot(a[j], vector)));
        return largest;
    }

    private sealed class Search
    {
        private readonly ColumnMatrix _a;
        private readonly double[] _b, _residual, _norms, _dual;
        private readonly double _lambda;
        private int[] _settled = [];

        public Search(ColumnMatrix a, double[] b, double lambda)
        {
            (_a, _b, _lambda) = (a, b, lambda);
            (_residual, _dual, _norms, X) = (new double[a.Rows], new double[a.Rows], new double[a.Columns], new double[a.Columns]);
            Representatives = a.Representatives();
            for (int j = 0; j < a.Columns; j++) _norms[j] = Representatives[j] == j ? TensorPrimitives.SumOfSquares(a[j]) : 0;
        }

        public double[] X { get; }

        public int[] Representatives { get; }

        public double Gap { get; private set; }

        public double Objective { get; private set; }

        public bool Run(double gap, out int sweeps)
        {
            for (int j = 0; j < X.Length; j++)
            {
                int first = Representatives[j];
                if (first == j) continue;
                X[first] += _a.Parallel(first, j) * X[j];
                X[j] = 0;
            }

            for (sweeps = 0; ; sweeps += SweepsPerCheck)
            {
                _a.Residual(_b, X, _residual);
                Gap = GapAt(X, _residual);
                if (Gap > 0) Polish();
                if (Gap > gap && sweeps == SweepsBeforeActiveSet && X.Length <= LargestActiveSet) TakeActiveSet();
                if (Gap <= gap || sweeps >= MaxSweeps) break;
                for (int sweep = 0; sweep < SweepsPerCheck; sweep++) Sweep();
            }

            Objective = (0.5 * TensorPrimitives.SumOfSquares<double>(_residual)) + (_lambda * TensorPrimitives.SumOfMagnitudes<double>(X));
            return Gap <= gap;
        }

        /// <summary>x_j = soft(a_j^T (r + a_j x_j), lambda) / ||a_j||^2 for every column in turn.</summary>
        private void Sweep()
        {
            for (int j = 0; j < X.Length; j++)
            {
                if (_norms[j] == 0) continue;
                double old = X[j], correlation = TensorPrimitives.Dot(_a[j], _residual) + (_norms[j] * old);
                double value = Math.Abs(correlation) <= _lambda ? 0 : (correlation - Math.CopySign(_lambda, correlation)) / _norms[j];
                if (value == old) continue;
                TensorPrimitives.MultiplyAdd(_a[j], old - value, _residual, _residual);
                X[j] = value;
            }
        }

        private double GapAt(double[] x, double[] residual)
        {
            double shrink = Math.Min(1, _lambda / LargestCorrelation(_a, residual)), gap = 0;
            TensorPrimitives.Multiply(residual, shrink, _dual);
            for (int j = 0; j < x.Length; j++)
            {
                if (x[j] != 0) gap += Math.Max(0, (_lambda * Math.Abs(x[j])) - (x[j] * TensorPrimitives.Dot<double>(_a[j], _dual)));
            }

            return gap + (0.5 * (1 - shrink) * (1 - shrink) * TensorPrimitives.SumOfSquares<double>(residual));
        }

        /// <summary>Solves exactly for the present signs: x_S = R^-1 (Q^T b - lambda R^-T s) with A_S = Q R.</summary>
        private void Polish()
        {
            int[] support = [.. Enumerable.Range(0, X.Length).Where(j => X[j] != 0)];
            int[] signed = [.. support.Select(j => Math.Sign(X[j]) * (j + 1))];
            bool same = signed.AsSpan().SequenceEqual(_settled);
            _settled = signed;
            if (same) Solve(support);
        }

        /// <summary>min 1/2 z^T R z - h^T z, z = (u, v) >= 0, with R = [G, -G; -G, G], h = (A^T b - lambda, -A^T b - lambda) and G = A^T A.</summary>
        private void TakeActiveSet()
        {
            int[] columns = [.. Enumerable.Range(0, X.Length).Where(j => _norms[j] > 0)];
            int n = columns.Length;
            double[] quadratic = new double[4 * n * n], linear = new double[2 * n], split = new double[2 * n], candidate = new double[X.Length], residual = new double[_a.Rows];
            for (int i = 0; i < n; i++)
            {
                double correlation = TensorPrimitives.Dot<double>(_a[columns[i]], _b);
                (linear[i], linear[n + i]) = (correlation - _lambda, -correlation - _lambda);
                for (int j = 0; j < n; j++)
                {
                    double product = TensorPrimitives.Dot(_a[columns[i]], _a[columns[j]]);
                    quadratic[(2 * n * i) + j] = quadratic[(2 * n * (n + i)) + n + j] = product;
                    quadratic[(2 * n * i) + n + j] = quadratic[(2 * n * (n + i)) + j] = -product;
                }
            }

            var program = new NonNegativeQuadratic(2 * n);
            program.Load(quadratic, 2 * n);
            if (program.Minimize(linear, split) == QuadraticOutcome.Unbounded) return;
            for (int i = 0; i < n; i++) candidate[columns[i]] = split[i] - split[n + i];
            _a.Residual(_b, candidate, residual);
            if (Accept(candidate, residual)) Solve([.. columns.Where(j => X[j] != 0)]);
        }

        private void Solve(int[] support)
        {
            if (support.Length == 0 || support.Length > _a.Rows) return;

            double[] columns = new double[_a.Rows * support.Length], signs = new double[support.Length], solution = new double[_a.Rows];
            for (int s = 0; s < support.Length; s++)
            {
                for (int i = 0; i < _a.Rows; i++) columns[(i * support.Length) + s] = _a[support[s]][i];
            }

            var qr = new PivotedQR(columns, _a.Rows, support.Length);
            if (qr.Rank < support.Length) return;
            for (int s = 0; s < support.Length; s++) signs[s] = Math.Sign(X[support[qr.Order[s]]]);
            qr.SolveUpperTransposed(signs);
            _b.CopyTo(solution, 0);
            qr.ApplyTransposed(solution);
            for (int s = 0; s < support.Length; s++) solution[s] -= _lambda * signs[s];
            qr.SolveUpper(solution);

            double[] candidate = new double[X.Length], residual = new double[_a.Rows];
            for (int s = 0; s < support.Length; s++)
            {
                int j = support[qr.Order[s]];
                if (Math.Sign(solution[s]) != Math.Sign(X[j])) return;
                candidate[j] = solution[s];
            }

            _a.Residual(_b, candidate, residual);
            Accept(candidate, residual);
        }

        private bool Accept(double[] candidate, double[] residual)
        {
            double gap = GapAt(candidate, residual);
            if (!(gap < Gap)) return false;
            candidate.CopyTo(X, 0);
            residual.CopyTo(_residual, 0);
            Gap = gap;
            return true;
        }
    }
}
