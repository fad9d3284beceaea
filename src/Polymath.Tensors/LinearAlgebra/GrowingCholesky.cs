namespace Polymath.Tensors.LinearAlgebra;

/// <summary>
/// The Cholesky factor of a principal submatrix whose variables come and go: appending one costs O(k^2), removing one refactors the
/// rows after it. The matrix has unit diagonal, so pivots compare with a plain number.
/// </summary>
internal sealed class GrowingCholesky(int capacity)
{
    private const double Unit = 1.0 / (1L << 52);

    private readonly double[] _factor = new double[capacity * capacity];
    private readonly int[] _members = new int[capacity];
    private readonly bool[] _isMember = new bool[capacity];
    private int _size;
    private double _pivotFloor;

    /// <summary>The full matrix, [size, size] row-major; filled by the owner before <see cref="Reset"/>.</summary>
    public double[] Matrix { get; } = new double[capacity * capacity];

    /// <summary>Number of variables in the submatrix.</summary>
    public int Count { get; private set; }

    /// <summary>The variable at a position of the submatrix.</summary>
    public int this[int position] => _members[position];

    /// <summary>Whether a variable is in the submatrix.</summary>
    public bool Contains(int variable) => _isMember[variable];

    /// <summary>Empties the submatrix for a matrix of a given size.</summary>
    public void Reset(int size)
    {
        _size = size;
        Count = 0;
        _pivotFloor = 2 * Unit * (size + 8);
        Array.Clear(_isMember);
    }

    /// <summary>Adds a variable, unless its column depends on the others to rounding.</summary>
    public bool TryAppend(int variable)
    {
        _members[Count] = variable;
        double pivot = FactorRow(Count);
        if (pivot <= _pivotFloor) return false;
        _factor[(Count * _size) + Count] = Math.Sqrt(pivot);
        _isMember[variable] = true;
        Count++;
        return true;
    }

    /// <summary>Removes the variable at a position; those after it move up.</summary>
    public void Remove(int position)
    {
        _isMember[_members[position]] = false;
        Count--;
        for (int k = position; k < Count; k++) _members[k] = _members[k + 1];
        for (int k = position; k < Count; k++) _factor[(k * _size) + k] = Math.Sqrt(Math.Max(FactorRow(k), _pivotFloor));
    }

    /// <summary>Solves with the submatrix in place; the vector is in the order of the members.</summary>
    public void Solve(Span<double> vector)
    {
        int n = _size;
        for (int i = 0; i < Count; i++)
        {
            double sum = vector[i];
            for (int k = 0; k < i; k++) sum -= _factor[(i * n) + k] * vector[k];
            vector[i] = sum / _factor[(i * n) + i];
        }

        for (int i = Count - 1; i >= 0; i--)
        {
            double sum = vector[i];
            for (int k = i + 1; k < Count; k++) sum -= _factor[(k * n) + i] * vector[k];
            vector[i] = sum / _factor[(i * n) + i];
        }
    }

    /// <summary>Computes row <paramref name="k"/> left of the diagonal and returns the squared pivot.</summary>
    private double FactorRow(int k)
    {
        int n = _size;
        ReadOnlySpan<double> column = Matrix.AsSpan(_members[k] * n, n);
        double pivot = column[_members[k]];
        for (int j = 0; j < k; j++)
        {
            double sum = column[_members[j]];
            for (int m = 0; m < j; m++) sum -= _factor[(k * n) + m] * _factor[(j * n) + m];
            double value = sum / _factor[(j * n) + j];
            _factor[(k * n) + j] = value;
            pivot -= value * value;
        }

        return pivot;
    }
}
