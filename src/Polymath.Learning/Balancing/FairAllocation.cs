using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Learning.Balancing;

/// <summary>
/// Solves A x = x^(-1/alpha), x > 0: the weights of alpha-fair gains, <see cref="NashMTL"/> for alpha = 1 and <see cref="FairGrad"/> in general.
/// </summary>
/// <remarks>
/// The solution minimises the convex potential 1/2 x^T A x - sum_k h(x_k), h' = x^(-1/alpha). With t_k = ||g_k|| x_k and the Gramian C of unit
/// gradients it is C t = c t^(-1/alpha), c_k = ||g_k||^(1/alpha - 1): unit diagonal whatever the norms are. Damped Newton starts at the solution for
/// orthogonal gradients. There is a unique solution unless a non-negative combination of the gradients vanishes, in which case t
/// grows without bound. Far from alpha = 1 (below 0.5, above 10) and with norms over many decades the iteration can end early; that counts as no
/// solution. Not thread safe; allocates only when the number of tasks grows.
/// </remarks>
internal sealed class FairAllocation
{
    /// <summary>When the sum of t_k u_k is shorter than this multiple of what it would be had nothing cancelled, it counts as zero.</summary>
    private const double StationaryRatio = 1e-6;

    private const double SolvedResidual = 1e-6, FinestResidual = 1e-14;
    private const double StepToBoundary = 0.995;
    private const int MaxIterations = 500, MaxHalvings = 60;

    private double[] _cosines = [], _hessian = [], _norms = [], _factors = [], _point = [], _product = [], _step = [], _stepProduct = [];

    /// <summary>Finds x.</summary>
    /// <param name="gramian">A, [K, K].</param>
    /// <param name="alpha">Positive.</param>
    /// <param name="x">[K], overwritten only when there is a solution.</param>
    /// <returns>False when some non-negative combination of the gradients vanishes (one of them may be zero), or the iteration ended early.</returns>
    public bool TrySolve(ReadOnlySpan<double> gramian, double alpha, Span<double> x)
    {
        int n = x.Length;
        Reserve(n);
        if (UnitGramian.Compute(gramian, _cosines.AsSpan(0, n * n), _norms.AsSpan(0, n)) > 0) return false;

        // A / m^2 has the solution m^(2 alpha / (1 + alpha)) x: powers of the norms stay in range.
        double largest = 0;
        for (int i = 0; i < n; i++) largest = Math.Max(largest, _norms[i]);
        for (int i = 0; i < n; i++)
        {
            _norms[i] /= largest;
            _factors[i] = Math.Pow(_norms[i], (1 / alpha) - 1);
            _point[i] = Math.Pow(_factors[i], alpha / (1 + alpha));
        }

        Multiply(_point, _product, n);
        double best = double.PositiveInfinity;
        for (int iteration = 0; iteration < MaxIterations; iteration++)
        {
            if (IsStationary(n)) return false;
            double residual = Residual(alpha, n);
            if (residual <= FinestResidual || (residual < SolvedResidual && residual >= best)) break;
            best = Math.Min(best, residual);
            if (!NewtonStep(alpha, n)) break;
        }

        if (!(Residual(alpha, n) <= SolvedResidual)) return false;
        double scale = Math.Pow(largest, -2 * alpha / (1 + alpha));
        for (int i = 0; i < n; i++) x[i] = scale * _point[i] / _norms[i];
        return true;
    }

    private double Right(int i, double t, double alpha) => alpha == 1 ? 1 / t : _factors[i] * Math.Pow(t, -1 / alpha);

    /// <summary>The largest relative violation of an equation.</summary>
    private double Residual(double alpha, int n)
    {
        double largest = 0;
        for (int i = 0; i < n; i++)
        {
            double violation = Math.Abs((_product[i] / Right(i, _point[i], alpha)) - 1);
            if (!(violation <= largest)) largest = violation;
        }

        return largest;
    }

    private bool IsStationary(int n)
    {
        double squared = 0, mass = 0;
        for (int i = 0; i < n; i++)
        {
            squared += _point[i] * _product[i];
            mass += _point[i];
        }

        return !(squared > StationaryRatio * StationaryRatio * mass * mass);
    }

    private bool NewtonStep(double alpha, int n)
    {
        // (C + diag(r_i / (alpha t_i))) step = r - C t with r the right-hand side.
        Span<double> hessian = _hessian.AsSpan(0, n * n);
        _cosines.AsSpan(0, n * n).CopyTo(hessian);
        for (int i = 0; i < n; i++)
        {
            double right = Right(i, _point[i], alpha);
            hessian[(i * n) + i] += right / (alpha * _point[i]);
            _step[i] = right - _product[i];
        }

        double slope = 0;
        for (int i = 0; i < n; i++) _stepProduct[i] = _step[i];
        if (!Cholesky.TryFactor(hessian, n, out _, out _)) return false;
        Cholesky.Solve(hessian, _step.AsSpan(0, n));
        double length = 1;
        for (int i = 0; i < n; i++)
        {
            slope -= _step[i] * _stepProduct[i];
            if (_step[i] < 0) length = Math.Min(length, StepToBoundary * _point[i] / -_step[i]);
        }

        // The potential is convex along the step: going on is right while its slope there is not clearly positive.
        Multiply(_step, _stepProduct, n);
        for (int halving = 0; halving < MaxHalvings; halving++, length /= 2)
        {
            double after = 0;
            for (int i = 0; i < n; i++) after += _step[i] * (_product[i] + (length * _stepProduct[i]) - Right(i, _point[i] + (length * _step[i]), alpha));
            if (after <= 0.25 * Math.Abs(slope)) break;
        }

        for (int i = 0; i < n; i++) _point[i] += length * _step[i];
        Multiply(_point, _product, n);
        return true;
    }

    private void Multiply(double[] vector, double[] product, int n)
    {
        for (int i = 0; i < n; i++)
        {
            double sum = 0;
            for (int j = 0; j < n; j++) sum += _cosines[(i * n) + j] * vector[j];
            product[i] = sum;
        }
    }

    private void Reserve(int n)
    {
        if (_norms.Length >= n) return;
        (_cosines, _hessian) = (new double[n * n], new double[n * n]);
        (_norms, _factors, _point) = (new double[n], new double[n], new double[n]);
        (_product, _step, _stepProduct) = (new double[n], new double[n], new double[n]);
    }
}
