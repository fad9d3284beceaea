using System.Numerics.Tensors;
using Polymath.Tensors;
using Polymath.Tensors.Kernels;
using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Learning.Losses;

// What keeps the factors fit and lets them be read: passes over all D rows.
internal sealed partial class FactoredMatrix
{
    private const int BlockRows = 256, PowerIterations = 100;
    private const double LeastSingular = 0.5, MostSingular = 2;

    /// <summary>U = I, omega = 0.</summary>
    public void SetIdentity()
    {
        Array.Clear(U);
        Array.Clear(UInverse);
        Array.Clear(Omega);
        for (int i = 0; i < _d; i++) U[(i * _d) + i] = UInverse[(i * _d) + i] = 1;
    }

    /// <summary>
    /// Brings the singular values of U back into [0.5, 2] without changing W: along a left singular vector x of value t, U gains (1 - t) / t x x^T U
    /// and V loses the same. When more than a third of the directions need it, W becomes the new V and U the identity.
    /// </summary>
    public void Stabilize()
    {
        Invert();
        List<(double[] Direction, double Factor)> turns = [];
        while (turns.Count <= _d / 3)
        {
            (double[] low, double least) = Extreme(UInverse, U, inverse: true);
            (double[] high, double most) = Extreme(U, U, inverse: false);
            bool small = least < LeastSingular;
            if (!small && !(most > MostSingular)) break;
            (double[] x, double value) = small ? (low, least) : (high, most);
            double alpha = (1 - value) / value, beta = -alpha / (1 + alpha);
            Turn(x, alpha, beta);
            turns.Add((x, beta));
        }

        if (turns.Count == 0) return;
        var body = new RowsBody { Rows = Rows, Turns = turns };
        Workers.For(body.Chunks, ref body);
        if (turns.Count > _d / 3) Unfactorize();
    }

    /// <summary>V &lt;- W, U &lt;- I, omega &lt;- 0.</summary>
    public void Unfactorize()
    {
        double[] from = new double[BlockRows * _d], to = new double[BlockRows * _d];
        for (int first = 0; first < Rows.Classes; first += BlockRows)
        {
            int count = Math.Min(BlockRows, Rows.Classes - first);
            ReadWeights(first, count, from, to);
            for (int r = 0; r < count; r++) Rows.Write(first + r, to.AsSpan(r * _d, _d));
        }

        SetIdentity();
    }

    /// <summary>Q = W^T W and w = W^T 1 from the rows, O(D d^2).</summary>
    /// <returns>The largest change of an element of Q, relative to its largest element.</returns>
    public double Recompute()
    {
        double[] before = [.. Q], from = new double[BlockRows * _d], block = new double[BlockRows * _d];
        Array.Clear(Q);
        Array.Clear(ColumnSums);
        for (int first = 0; first < Rows.Classes; first += BlockRows)
        {
            int count = Math.Min(BlockRows, Rows.Classes - first);
            ReadWeights(first, count, from, block);
            MatrixProduct.Multiply(block, block, Q, _d, _d, count, transposeLeft: true, accumulate: true);
            for (int r = 0; r < count; r++) TensorPrimitives.Add(ColumnSums, block.AsSpan(r * _d, _d), ColumnSums);
        }

        double change = 0, largest = 0;
        for (int i = 0; i < Q.Length; i++)
        {
            change = Math.Max(change, Math.Abs(Q[i] - before[i]));
            largest = Math.Max(largest, Math.Abs(Q[i]));
        }

        return largest == 0 ? 0 : change / largest;
    }

    /// <summary>Rows of W, <c>[count, d]</c>.</summary>
    public void ReadWeights(int first, int count, Span<double> scratch, Span<double> weights)
    {
        Rows.ReadBlock(first, count, scratch);
        MatrixProduct.Multiply(scratch, U, weights, count, _d, _d);
        for (int r = 0; r < count; r++) TensorPrimitives.Add(weights.Slice(r * _d, _d), Omega, weights.Slice(r * _d, _d));
    }

    /// <summary>o = V (U h) + omega^T h.</summary>
    public void Score(ReadOnlySpan<double> hidden, Memory<float> scores)
    {
        double[] turned = new double[_d];
        for (int i = 0; i < _d; i++) turned[i] = MatrixProduct.Dot(U.AsSpan(i * _d, _d), hidden);
        var body = new RowsBody { Rows = Rows, Query = turned, Shift = MatrixProduct.Dot(Omega, hidden), Scores = scores };
        Workers.For(body.Chunks, ref body);
    }

    /// <summary>The left singular vector of U with the smallest or largest value, by power iteration on (U U^T)^-1 or U U^T from a fixed start.</summary>
    private (double[] Direction, double Value) Extreme(double[] matrix, double[] u, bool inverse)
    {
        double[] x = new double[_d], y = new double[_d];
        var random = new RandomStream(0);
        for (int i = 0; i < _d; i++) x[i] = random.NextNormalDouble();
        for (int n = 0; n < PowerIterations; n++)
        {
            TensorPrimitives.Divide<double>(x, Math.Sqrt(MatrixProduct.Dot(x, x)), x);
            MultiplyVector(matrix, x, y, transpose: !inverse);
            MultiplyVector(matrix, y, x, transpose: inverse);
        }

        TensorPrimitives.Divide<double>(x, Math.Sqrt(MatrixProduct.Dot(x, x)), x);
        MultiplyVector(u, x, y, transpose: true);
        return (x, Math.Sqrt(MatrixProduct.Dot(y, y)));
    }

    /// <summary>U += alpha x (x^T U); U^-1 += beta (U^-1 x) x^T.</summary>
    private void Turn(double[] x, double alpha, double beta)
    {
        double[] y = new double[_d];
        MultiplyVector(U, x, y, transpose: true);
        for (int i = 0; i < _d; i++) AddScaled(y, alpha * x[i], U.AsSpan(i * _d, _d));
        MultiplyVector(UInverse, x, y, transpose: false);
        for (int i = 0; i < _d; i++) AddScaled(x, beta * y[i], UInverse.AsSpan(i * _d, _d));
    }

    private void MultiplyVector(double[] matrix, double[] x, double[] y, bool transpose)
    {
        if (transpose) Array.Clear(y);
        for (int i = 0; i < _d; i++)
        {
            if (transpose) AddScaled(matrix.AsSpan(i * _d, _d), x[i], y);
            else y[i] = MatrixProduct.Dot(matrix.AsSpan(i * _d, _d), x);
        }
    }

    /// <summary>A pass over blocks of V: scores of a query, or turns v &lt;- v + beta (v x) x^T one after another.</summary>
    private struct RowsBody : IBody
    {
        public ClassRows Rows;
        public double[]? Query;
        public double Shift;
        public Memory<float> Scores;
        public List<(double[] Direction, double Factor)>? Turns;

        public readonly int Chunks => (Rows.Classes + BlockRows - 1) / BlockRows;

        public readonly void Run(int chunk)
        {
            double[] row = new double[Rows.Hidden];
            int last = Math.Min(Rows.Classes, (chunk + 1) * BlockRows);
            for (int r = chunk * BlockRows; r < last; r++)
            {
                Rows.Read(r, row);
                if (Query is not null)
                {
                    Scores.Span[r] = (float)(MatrixProduct.Dot(row, Query) + Shift);
                    continue;
                }

                foreach ((double[] direction, double factor) in Turns!) AddScaled(direction, factor * MatrixProduct.Dot(row, direction), row);
                Rows.Write(r, row);
            }
        }
    }
}
