namespace Polymath.Tensors.LinearAlgebra;

/// <summary>
/// Active-set solver for min 1/2 x^T R x - h^T x subject to x >= 0, R symmetric positive semi-definite: the non-negative least
/// squares method of Lawson and Hanson (1974, chapter 23) written on the normal matrix, with one Cholesky factor that
/// grows and shrinks with the set of positive variables and is kept as a warm start for the next right-hand side.
/// </summary>
/// <remarks>
/// R is scaled to unit diagonal first, so that rows whose norms differ by many orders of magnitude are solved to the same relative
/// accuracy. A variable whose column depends linearly on the positive ones is followed along the null direction, which
/// either swaps variables or proves that the objective is unbounded. Not thread safe; allocates only in the constructor.
/// </remarks>
/// <example><code>
/// var qp = new NonNegativeQuadratic(2);
/// qp.Load([1, -0.5, -0.5, 1], 2);
/// double[] v = new double[2];
/// qp.MinimizeAbove([1, 0], v);    // min v^T R v, v >= (1, 0): v is now (1, 0.5)
/// </code></example>
public sealed class NonNegativeQuadratic
{
    private const double Unit = 1.0 / (1L << 52);
    private const double CertificateSlack = 1e-10;

    private readonly GrowingCholesky _positive;
    private readonly double[] _matrix, _scale, _linear, _point, _trial;
    private readonly bool[] _isBlocked;
    private int _size;

    /// <summary>A solver for up to <paramref name="capacity"/> variables.</summary>
    /// <param name="capacity">The largest matrix size it can load, at least 1.</param>
    public NonNegativeQuadratic(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        Capacity = capacity;
        _positive = new GrowingCholesky(capacity);
        _matrix = _positive.Matrix;
        _scale = new double[capacity];
        _linear = new double[capacity];
        _point = new double[capacity];
        _trial = new double[capacity];
        _isBlocked = new bool[capacity];
    }

    /// <summary>The largest matrix size this solver can load.</summary>
    public int Capacity { get; }

    /// <summary>Sets R, forgetting the warm start.</summary>
    /// <param name="matrix">[size, size] row-major, symmetric, positive semi-definite, finite.</param>
    /// <param name="size">Number of variables, at most <see cref="Capacity"/>.</param>
    /// <exception cref="ArithmeticException">An element is not finite or a diagonal element is negative.</exception>
    public void Load(ReadOnlySpan<double> matrix, int size)
    {
        SquareSize.Require(matrix, size, nameof(NonNegativeQuadratic));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Capacity);
        _size = size;
        _positive.Reset(size);
        for (int i = 0; i < size; i++)
        {
            double diagonal = matrix[(i * size) + i];
            if (!double.IsFinite(diagonal) || diagonal < 0)
            {
                throw new ArithmeticException($"NonNegativeQuadratic: diagonal element {i} is {diagonal}, expected a finite number >= 0; check the gradients it came from.");
            }

            _scale[i] = diagonal > 0 ? 1 / Math.Sqrt(diagonal) : 0;
        }

        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
            {
                double value = matrix[(i * size) + j] * _scale[i] * _scale[j];
                if (!double.IsFinite(value)) throw new ArithmeticException($"NonNegativeQuadratic: element ({i}, {j}) is {matrix[(i * size) + j]}, expected a finite number; check the gradients it came from.");
                _matrix[(i * size) + j] = value;
            }

            if (_scale[i] > 0) _matrix[(i * size) + i] = 1;
        }
    }

    /// <summary>min v^T R v subject to v >= lower (R positive definite makes the answer unique); the QP of UPGrad and DualProj.</summary>
    /// <param name="lower">[n] lower bounds.</param>
    /// <param name="v">[n] the minimiser.</param>
    /// <returns><see cref="QuadraticOutcome.Solved"/>, or <see cref="QuadraticOutcome.Stalled"/> with a feasible point.</returns>
    public QuadraticOutcome MinimizeAbove(ReadOnlySpan<double> lower, Span<double> v)
    {
        RequireLength(lower.Length);
        RequireLength(v.Length);

        // With v = lower + x this is min 1/2 x^T R x + (R lower)^T x, x >= 0; never unbounded, since v^T R v >= 0.
        int n = _size;
        for (int i = 0; i < n; i++)
        {
            double sum = 0;
            for (int j = 0; j < n; j++)
            {
                if (lower[j] != 0) sum += _matrix[(i * n) + j] * (_scale[j] > 0 ? lower[j] / _scale[j] : 0);
            }

            _linear[i] = -sum;
        }

        QuadraticOutcome outcome = Solve();
        for (int i = 0; i < n; i++) v[i] = lower[i] + (_point[i] * _scale[i]);
        return outcome == QuadraticOutcome.Unbounded ? QuadraticOutcome.Stalled : outcome;
    }

    /// <summary>min 1/2 x^T R x - linear^T x subject to x >= 0.</summary>
    /// <param name="linear">[n] the vector h.</param>
    /// <param name="x">[n] the minimiser, or the certificate direction when the outcome is <see cref="QuadraticOutcome.Unbounded"/>.</param>
    /// <returns>How it ended.</returns>
    public QuadraticOutcome Minimize(ReadOnlySpan<double> linear, Span<double> x)
    {
        RequireLength(linear.Length);
        RequireLength(x.Length);
        for (int i = 0; i < _size; i++)
        {
            if (_scale[i] == 0 && linear[i] > 0)
            {
                x.Clear();
                x[i] = 1;
                return QuadraticOutcome.Unbounded;
            }

            _linear[i] = linear[i] * _scale[i];
        }

        QuadraticOutcome outcome = Solve();
        for (int i = 0; i < _size; i++) x[i] = _point[i] * _scale[i];
        return outcome;
    }

    private QuadraticOutcome Solve()
    {
        WarmStart();
        Array.Clear(_isBlocked);
        int budget = (8 * _size) + 32;
        while (budget-- > 0)
        {
            int entering = Entering();
            if (entering < 0) return QuadraticOutcome.Solved;
            if (!_positive.TryAppend(entering) && !FollowNullDirection(entering, out bool unbounded))
            {
                if (unbounded) return QuadraticOutcome.Unbounded;
                _isBlocked[entering] = true;
                continue;
            }

            if (StepToInterior(entering)) Array.Clear(_isBlocked);
            else _isBlocked[entering] = true;
        }

        return QuadraticOutcome.Stalled;
    }

    /// <summary>Starts from the positive variables of the previous solve, dropping those that the new right-hand side makes negative.</summary>
    private void WarmStart()
    {
        Array.Clear(_point);
        while (_positive.Count > 0)
        {
            SolvePositive();
            int worst = 0;
            for (int k = 1; k < _positive.Count; k++)
            {
                if (_trial[k] < _trial[worst]) worst = k;
            }

            if (_trial[worst] > 0) break;
            Remove(worst);
        }

        for (int k = 0; k < _positive.Count; k++) _point[_positive[k]] = _trial[k];
    }

    /// <summary>The variable at zero whose increase lowers the objective fastest (scaled), or -1 at the optimum.</summary>
    private int Entering()
    {
        double mass = 0;
        for (int k = 0; k < _positive.Count; k++) mass += _point[_positive[k]];
        int best = -1;
        double bestGain = 0;
        for (int j = 0; j < _size; j++)
        {
            if (_positive.Contains(j) || _isBlocked[j] || _scale[j] == 0) continue;
            double gain = _linear[j];
            for (int k = 0; k < _positive.Count; k++) gain -= _matrix[(j * _size) + _positive[k]] * _point[_positive[k]];
            double noise = 4 * Unit * (_positive.Count + 2) * (Math.Abs(_linear[j]) + mass);
            if (gain > noise && gain > bestGain) (best, bestGain) = (j, gain);
        }

        return best;
    }

    /// <summary>Moves to the minimiser on the positive set, dropping variables that reach zero on the way; false if <paramref name="entered"/> could not grow.</summary>
    private bool StepToInterior(int entered)
    {
        while (_positive.Count > 0)
        {
            SolvePositive();
            double step = 1;
            int leaving = -1;
            for (int k = 0; k < _positive.Count; k++)
            {
                if (_trial[k] > 0) continue;
                double current = _point[_positive[k]];
                double limit = current > 0 ? current / (current - _trial[k]) : 0;
                if (limit < step || leaving < 0) (step, leaving) = (Math.Min(limit, step), k);
            }

            for (int k = 0; k < _positive.Count; k++)
            {
                int i = _positive[k];
                _point[i] += step * (_trial[k] - _point[i]);
            }

            if (leaving < 0) return true;
            bool undone = _positive[leaving] == entered && step == 0;
            Remove(leaving);
            if (undone)
            {
                SolvePositive();
                return false;
            }
        }

        return true;
    }

    /// <summary>Handles a variable whose column depends on the positive ones: along z (R z = 0, z_entering = 1) the objective falls linearly.</summary>
    private bool FollowNullDirection(int entering, out bool unbounded)
    {
        for (int k = 0; k < _positive.Count; k++) _trial[k] = -_matrix[(entering * _size) + _positive[k]];
        _positive.Solve(_trial);
        int leaving = -1;
        double step = double.PositiveInfinity;
        for (int k = 0; k < _positive.Count; k++)
        {
            if (_trial[k] >= -CertificateSlack) continue;
            double limit = _point[_positive[k]] / -_trial[k];
            if (limit < step) (step, leaving) = (limit, k);
        }

        unbounded = leaving < 0;
        if (unbounded)
        {
            Array.Clear(_point);
            for (int k = 0; k < _positive.Count; k++) _point[_positive[k]] = Math.Max(_trial[k], 0);
            _point[entering] = 1;
            return false;
        }

        for (int k = 0; k < _positive.Count; k++) _point[_positive[k]] = Math.Max(_point[_positive[k]] + (step * _trial[k]), 0);
        Remove(leaving);
        if (!_positive.TryAppend(entering)) return false;
        _point[entering] = step;
        return true;
    }

    private void Remove(int position)
    {
        _point[_positive[position]] = 0;
        _positive.Remove(position);
    }

    /// <summary>The unconstrained minimiser on the positive set, into <c>_trial</c> in the order of the set.</summary>
    private void SolvePositive()
    {
        for (int k = 0; k < _positive.Count; k++) _trial[k] = _linear[_positive[k]];
        _positive.Solve(_trial);
    }

    private void RequireLength(int length)
    {
        if (length != _size) throw new ArgumentException($"NonNegativeQuadratic: the vector has {length} elements, expected {_size} as in the loaded matrix.");
    }
}
