using System.Numerics.Tensors;
using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.LinearAlgebra;

/// <summary>
/// The Householder factorisation A P = Q R of a matrix with at least as many rows as columns, with column pivoting, for large matrices: columns are
/// contiguous and updated in parallel, and their remaining norms are carried along (Businger and Golub 1965). <see cref="PivotedQR"/> is for small ones.
/// </summary>
internal sealed class HouseholderColumns
{
    private const int Together = 8;

    // A norm that fell below this share of what it was is computed anew: the subtractions have eaten its digits (Drmac and Bujanovic 2008).
    private const double Eaten = 1e-6;

    private readonly double[] _columns, _factors, _squares, _references;
    private readonly int _rows, _count;

    /// <summary>Factors in place.</summary>
    /// <param name="columns">A, column after column: [count, rows]; taken over.</param>
    /// <param name="rows">Rows, at least <paramref name="count"/>.</param>
    /// <param name="count">Columns.</param>
    public HouseholderColumns(double[] columns, int rows, int count)
    {
        (_columns, _rows, _count) = (columns, rows, count);
        (_factors, _squares, _references) = (new double[count], new double[count], new double[count]);
        Order = [.. Enumerable.Range(0, count)];
        for (int j = 0; j < count; j++) _squares[j] = _references[j] = TensorPrimitives.SumOfSquares<double>(Column(j));
        for (int k = 0; k < count; k++) Step(k);
    }

    /// <summary>Which column of A stands at each place.</summary>
    public int[] Order { get; }

    /// <summary>Writes R^T column after column, [count, count]: column i holds row i of R.</summary>
    public void CopyTransposed(double[] destination)
    {
        Array.Clear(destination);
        for (int j = 0; j < _count; j++)
        {
            for (int i = 0; i <= j; i++) destination[(i * _count) + j] = _columns[(j * _rows) + i];
        }
    }

    /// <summary>Multiplies vectors by Q.</summary>
    /// <param name="vectors">[vectors, rows], one after the other; those whose last rows - count elements are zero become combinations of Q's columns.</param>
    /// <param name="count">How many.</param>
    public void Apply(double[] vectors, int count)
    {
        var body = new Application { Owner = this, Vectors = vectors };
        Workers.For(count, ref body);
    }

    private Span<double> Column(int position) => _columns.AsSpan(position * _rows, _rows);

    private void Step(int k)
    {
        int pivot = k + TensorPrimitives.IndexOfMax<double>(_squares.AsSpan(k));
        Swap(k, pivot);
        Span<double> column = Column(k)[k..];
        double norm = Math.Sqrt(TensorPrimitives.SumOfSquares<double>(column));
        if (norm == 0) return;

        // H = I - f v v^T maps the column to -sign(x_0) |x| e_0; v overwrites the column below the diagonal, v_0 = 1.
        double diagonal = column[0] >= 0 ? -norm : norm, first = column[0] - diagonal;
        TensorPrimitives.Divide(column[1..], first, column[1..]);
        _factors[k] = -first / diagonal;
        column[0] = diagonal;
        var update = new Update { Owner = this, Step = k };
        Workers.For((_count - k - 2 + Together) / Together, ref update);
    }

    private void Reflect(int k, Span<double> vector)
    {
        ReadOnlySpan<double> below = Column(k)[(k + 1)..];
        Span<double> rest = vector[(k + 1)..];
        double product = _factors[k] * (vector[k] + TensorPrimitives.Dot(below, rest));
        vector[k] -= product;
        TensorPrimitives.MultiplyAdd(below, -product, rest, rest);
    }

    private void Swap(int first, int second)
    {
        if (first == second) return;
        (Order[first], Order[second]) = (Order[second], Order[first]);
        (_squares[first], _squares[second]) = (_squares[second], _squares[first]);
        (_references[first], _references[second]) = (_references[second], _references[first]);
        Span<double> left = Column(first), right = Column(second);
        for (int i = 0; i < left.Length; i++) (left[i], right[i]) = (right[i], left[i]);
    }

    private struct Update : IBody
    {
        public HouseholderColumns Owner;
        public int Step;

        public readonly void Run(int chunk)
        {
            int start = Step + 1 + (chunk * Together), end = Math.Min(Owner._count, start + Together);
            for (int j = start; j < end; j++)
            {
                Span<double> column = Owner.Column(j);
                Owner.Reflect(Step, column);
                double left = Owner._squares[j] - (column[Step] * column[Step]);
                if (left <= Eaten * Owner._references[j]) left = Owner._references[j] = Step + 1 < column.Length ? TensorPrimitives.SumOfSquares<double>(column[(Step + 1)..]) : 0;
                Owner._squares[j] = left;
            }
        }
    }

    private struct Application : IBody
    {
        public HouseholderColumns Owner;
        public double[] Vectors;

        public readonly void Run(int chunk)
        {
            Span<double> vector = Vectors.AsSpan(chunk * Owner._rows, Owner._rows);
            for (int k = Owner._count - 1; k >= 0; k--) Owner.Reflect(k, vector);
        }
    }
}
