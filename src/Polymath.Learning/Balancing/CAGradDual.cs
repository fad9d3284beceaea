using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Learning.Balancing;

/// <summary>
/// The dual problem of CAGrad: min over the simplex of b^T w + r sqrt(w^T A w + e), with b = A 1 / K, the row sums of the mean gradient.
/// </summary>
/// <remarks>
/// With y = r w / sqrt(w^T A w + e) the optimality conditions read A y >= m 1 - b, y >= 0, complementary: for a given worst-case
/// improvement m, y^T G is the smallest change of the mean gradient that lets every task improve by m (Liu et al. 2021, equation 2). That is
/// a non-negative quadratic programme, solved exactly; its size R(m) = sqrt(|y^T G|^2 + e (1^T y)^2) rises with m, so what is
/// left is one scalar equation R(m) = r, solved by bracketing. No scale of the gradients enters, unlike with a general-purpose solver.
/// </remarks>
internal ref struct CAGradDual
{
    private const int MaxEvaluations = 200;
    private const double Precision = 1e-14, Slack = 1e-9;

    private readonly ReadOnlySpan<double> _base;
    private readonly Span<double> _linear, _trial, _certificate, _best;
    private readonly NonNegativeQuadratic _solver;
    private readonly double _radius, _smoothing;
    private double _bestGap, _bestSquare;
    private bool _unbounded, _hasCertificate;

    private CAGradDual(ReadOnlySpan<double> mean, Span<double> scratch, Span<double> best, NonNegativeQuadratic solver, double radius, double smoothing)
    {
        int n = best.Length;
        _base = mean;
        _linear = scratch[..n];
        _trial = scratch.Slice(n, n);
        _certificate = scratch.Slice(2 * n, n);
        _best = best;
        _solver = solver;
        _radius = radius;
        _smoothing = smoothing;
        _bestGap = double.PositiveInfinity;
    }

    /// <summary>Solves the dual.</summary>
    /// <param name="gramian">A, [K, K], with at least one positive diagonal element.</param>
    /// <param name="radius">r, at least 0.</param>
    /// <param name="smoothing">e, at least 0.</param>
    /// <param name="weights">[K] w on the simplex.</param>
    /// <param name="solver">Capacity at least K.</param>
    /// <returns>||w^T G|| and whether the origin lies in the hull of the gradients and decided the answer.</returns>
    public static (double Norm, bool Stationary) Solve(ReadOnlySpan<double> gramian, double radius, double smoothing, Span<double> weights, NonNegativeQuadratic solver)
    {
        int n = weights.Length;
        Span<double> mean = n <= 64 ? stackalloc double[n] : new double[n];
        Span<double> scratch = n <= 64 ? stackalloc double[3 * n] : new double[3 * n];
        int lowest = 0, zeros = 0;
        double ceiling = double.PositiveInfinity;
        for (int i = 0; i < n; i++)
        {
            double sum = 0;
            for (int j = 0; j < n; j++) sum += gramian[(i * n) + j];
            mean[i] = sum / n;
            if (gramian[(i * n) + i] == 0) zeros++;
            if (mean[i] < mean[lowest]) lowest = i;
            ceiling = Math.Min(ceiling, mean[i] + (radius * Math.Sqrt(gramian[(i * n) + i])));
        }

        solver.Load(gramian, n);
        var dual = new CAGradDual(mean, scratch, weights, solver, radius, smoothing);
        if (zeros > 0)
        {
            // A zero gradient caps the improvement at 0; what is left of the radius is weight on the zero gradients.
            if (dual.Evaluate(0) <= 0)
            {
                for (int i = 0; i < n; i++) dual._certificate[i] = gramian[(i * n) + i] == 0 ? 1 : 0;
                return (dual.FinishStationary(), true);
            }

            ceiling = 0;
        }

        if (dual.Search(mean[lowest], ceiling)) return (dual.FinishStationary(), true);
        return (dual.Finish(lowest, gramian), false);
    }

    /// <summary>Finds m; true when the programme is feasible up to m = 0 only and the radius is not used up there.</summary>
    private bool Search(double low, double high)
    {
        double lowGap = -_radius, highGap = double.PositiveInfinity, lastWidth = double.PositiveInfinity;
        bool bisect = false;
        for (int count = 0; count < MaxEvaluations && high > low; count++)
        {
            double width = high - low;
            bisect = bisect || width > 0.5 * lastWidth || double.IsInfinity(highGap);
            double point = bisect ? low + (width / 2) : low - (lowGap * width / (highGap - lowGap));
            lastWidth = bisect && count % 2 == 1 ? double.PositiveInfinity : width;
            bisect = false;
            if (point <= low || point >= high) point = low + (width / 2);
            if (point <= low || point >= high) break;
            double gap = Evaluate(point);
            if (_unbounded)
            {
                // A certificate z (z >= 0, z^T G = 0) turns z^T (G d) >= m 1^T z into m <= 0.
                _trial.CopyTo(_certificate);
                _hasCertificate = true;
                (high, highGap) = (Math.Min(point, 0), double.PositiveInfinity);
                if (point > 0 && Evaluate(0) <= 0) return true;
                continue;
            }

            if (Math.Abs(gap) <= Precision * _radius) break;
            if (gap < 0)
            {
                (low, lowGap) = (point, gap);
                if (double.IsFinite(highGap)) highGap /= 2;
            }
            else
            {
                (high, highGap) = (point, gap);
                lowGap /= 2;
            }
        }

        // Rounding may call m = 0 infeasible too; the search then ends just below it, with radius to spare.
        return _hasCertificate && _bestGap < -Slack * _radius;
    }

    /// <summary>R(m) - r; keeps the best point seen.</summary>
    private double Evaluate(double improvement)
    {
        int n = _linear.Length;
        for (int i = 0; i < n; i++) _linear[i] = improvement - _base[i];
        _unbounded = _solver.Minimize(_linear, _trial) == QuadraticOutcome.Unbounded;
        if (_unbounded) return double.PositiveInfinity;
        double square = 0, sum = 0;
        for (int i = 0; i < n; i++)
        {
            // Complementarity: y^T A y = y^T (m 1 - b).
            square += _trial[i] * _linear[i];
            sum += _trial[i];
        }

        square = Math.Max(square, 0);
        double gap = Math.Sqrt(square + (_smoothing * sum * sum)) - _radius;
        if (Math.Abs(gap) < Math.Abs(_bestGap) || improvement == 0)
        {
            _bestGap = gap;
            _bestSquare = square;
            _trial.CopyTo(_best);
        }

        return gap;
    }

    private readonly double Finish(int lowest, ReadOnlySpan<double> gramian)
    {
        double sum = Sum(_best);
        if (double.IsInfinity(_bestGap) || !(sum > 0))
        {
            _best.Clear();
            _best[lowest] = 1;
            return Math.Sqrt(gramian[(lowest * _best.Length) + lowest]);
        }

        for (int i = 0; i < _best.Length; i++) _best[i] /= sum;
        return Math.Sqrt(_bestSquare) / sum;
    }

    /// <summary>At m = 0 any multiple t of the certificate may be added; e (1^T y + t)^2 = r^2 - |y^T G|^2 decides how much.</summary>
    private readonly double FinishStationary()
    {
        double sum = Sum(_best), mass = Sum(_certificate), rest = Math.Max((_radius * _radius) - _bestSquare, 0);
        double total = Math.Max(Math.Sqrt(rest / _smoothing), sum);
        if (!(total > 0) || double.IsInfinity(total))
        {
            for (int i = 0; i < _best.Length; i++) _best[i] = _certificate[i] / mass;
            return 0;
        }

        for (int i = 0; i < _best.Length; i++) _best[i] = (_best[i] + ((total - sum) * _certificate[i] / mass)) / total;
        return Math.Sqrt(_bestSquare) / total;
    }

    private static double Sum(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values) sum += value;
        return sum;
    }
}
