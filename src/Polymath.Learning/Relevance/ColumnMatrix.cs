using System.Numerics.Tensors;

namespace Polymath.Learning.Relevance;

/// <summary>A small matrix stored by columns and divided by a power of two that brings its largest element to about 1, so that no square over- or underflows.</summary>
internal sealed class ColumnMatrix
{
    private readonly double[] _values;

    private ColumnMatrix(double[] values, int rows, int columns, int exponent) => (_values, Rows, Columns, Exponent) = (values, rows, columns, exponent);

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>The elements are those of the original times 2^-Exponent.</summary>
    public int Exponent { get; }

    public ReadOnlySpan<double> this[int column] => _values.AsSpan(column * Rows, Rows);

    /// <summary>Checks shape and finiteness, then copies.</summary>
    /// <param name="matrix">[rows, columns] row-major.</param>
    /// <param name="rows">Number of rows; decides the number of columns.</param>
    /// <param name="owner">Who asks, for the message.</param>
    public static ColumnMatrix Create(ReadOnlySpan<double> matrix, int rows, string owner)
    {
        if (rows == 0 || matrix.Length == 0 || matrix.Length % rows != 0)
        {
            throw new RelevanceException($"{owner}: the matrix has {matrix.Length} elements and the target {rows}, expected [rows, columns] row-major with one target element a row.");
        }

        int columns = matrix.Length / rows, exponent = ScaleOf(matrix, owner, "the matrix");
        double[] values = new double[matrix.Length];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++) values[(j * rows) + i] = Math.ScaleB(matrix[(i * columns) + j], -exponent);
        }

        return new ColumnMatrix(values, rows, columns, exponent);
    }

    /// <summary>The target divided by a power of two in the same way.</summary>
    public static double[] Scale(ReadOnlySpan<double> vector, string owner, out int exponent)
    {
        int shift = exponent = ScaleOf(vector, owner, "the target");
        double[] scaled = vector.ToArray();
        for (int i = 0; i < scaled.Length; i++) scaled[i] = Math.ScaleB(scaled[i], -shift);
        return scaled;
    }

    /// <summary>b - A x.</summary>
    public void Residual(ReadOnlySpan<double> target, ReadOnlySpan<double> x, Span<double> residual)
    {
        target.CopyTo(residual);
        for (int j = 0; j < Columns; j++)
        {
            if (x[j] != 0) TensorPrimitives.MultiplyAdd(this[j], -x[j], residual, residual);
        }
    }

    /// <summary>
    /// For every column the first one that equals it or its negative (itself for most): columns that an optimum may swap freely. Elements
    /// count as equal up to 1e-12 of the column's largest, as two heads of the same task differ after a change of basis.
    /// </summary>
    public int[] Representatives()
    {
        int[] first = new int[Columns];
        for (int j = 0; j < Columns; j++)
        {
            first[j] = j;
            for (int i = 0; i < j && first[j] == j; i++)
            {
                if (first[i] == i && Parallel(i, j) != 0) first[j] = i;
            }
        }

        return first;
    }

    /// <summary>1 when two columns are equal, -1 when one is the other's negative, else 0.</summary>
    public int Parallel(int first, int second)
    {
        ReadOnlySpan<double> a = this[first], b = this[second];
        double tolerance = 1e-12 * Math.Abs(TensorPrimitives.MaxMagnitude(a));
        bool same = true, opposite = true;
        for (int i = 0; i < a.Length && (same || opposite); i++)
        {
            same &= Math.Abs(a[i] - b[i]) <= tolerance;
            opposite &= Math.Abs(a[i] + b[i]) <= tolerance;
        }

        return same ? 1 : opposite ? -1 : 0;
    }

    /// <summary>Splits what a representative carries evenly over its copies, with the sign of each; neither A x nor ||x||_1 changes.</summary>
    public void ShareEvenly(int[] representatives, Span<double> x)
    {
        for (int j = 0; j < Columns; j++)
        {
            if (representatives[j] != j || x[j] == 0) continue;
            int copies = representatives.Count(first => first == j);
            double share = x[j] / copies;
            for (int other = j; other < Columns && copies > 1; other++)
            {
                if (representatives[other] == j) x[other] = share * Parallel(j, other);
            }
        }
    }

    private static int ScaleOf(ReadOnlySpan<double> values, string owner, string what)
    {
        double largest = 0;
        foreach (double value in values)
        {
            if (!double.IsFinite(value)) throw new RelevanceException($"{owner}: {what} holds {value}, expected finite numbers; check the heads it came from.");
            largest = Math.Max(largest, Math.Abs(value));
        }

        return largest == 0 ? 0 : Math.ILogB(largest);
    }
}
