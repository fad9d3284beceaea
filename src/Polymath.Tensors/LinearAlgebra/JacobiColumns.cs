using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.LinearAlgebra;

/// <summary>
/// One-sided Jacobi (Hestenes 1958): rotates pairs of columns of W until all are orthogonal, and the columns of V with them, so that W V^T stays
/// what it was. Blocks of columns meet as in a round-robin tournament; the meetings of a round touch different columns and run in parallel.
/// </summary>
internal static class JacobiColumns
{
    private const int Block = 16, MaxSweeps = 40;

    /// <summary>Makes the columns of a matrix orthogonal.</summary>
    /// <param name="columns">W, column after column: [count, length].</param>
    /// <param name="rotations">V, column after column: [count, count]; receives the product of all rotations.</param>
    /// <param name="count">Number of columns.</param>
    /// <param name="length">Length of a column of W.</param>
    public static void Orthogonalize(double[] columns, double[] rotations, int count, int length)
    {
        Array.Clear(rotations);
        for (int i = 0; i < count; i++) rotations[(i * count) + i] = 1;
        int blocks = (count + Block - 1) / Block, players = blocks + (blocks % 2);
        var round = new Round
        {
            W = columns,
            V = rotations,
            Squares = new double[count],
            Rotated = new bool[Math.Max(1, players / 2)],
            Count = count,
            Length = length,
            Players = players,
            Tolerance = Math.Max(count, Block) * Math.ScaleB(1, -53),
        };
        for (int sweep = 0; sweep < MaxSweeps; sweep++)
        {
            for (int i = 0; i < count; i++) round.Squares[i] = TensorPrimitives.SumOfSquares<double>(columns.AsSpan(i * length, length));
            Array.Clear(round.Rotated);
            for (round.Number = 0; round.Number < Math.Max(1, players - 1); round.Number++) Workers.For(round.Rotated.Length, ref round);
            if (Array.TrueForAll(round.Rotated, static rotated => !rotated)) return;
        }
    }

    private struct Round : IBody
    {
        public double[] W, V, Squares;
        public bool[] Rotated;
        public int Count, Length, Players, Number;
        public double Tolerance;

        public readonly void Run(int chunk)
        {
            // The circle method: one player stays, the others move on by one place a round.
            int around = Players - 1;
            int first = chunk == 0 ? around : (Number + chunk) % around, second = (Number + around - chunk) % around;
            if (Players <= 1) (first, second) = (0, 1);
            if (Number == 0)
            {
                Meet(first, first, chunk);
                Meet(second, second, chunk);
            }

            Meet(first, second, chunk);
        }

        private readonly void Meet(int first, int second, int chunk)
        {
            int endFirst = Math.Min(Count, (first + 1) * Block), endSecond = Math.Min(Count, (second + 1) * Block);
            for (int p = first * Block; p < endFirst; p++)
            {
                for (int q = first == second ? p + 1 : second * Block; q < endSecond; q++) Rotated[chunk] |= Rotate(p, q);
            }
        }

        private readonly bool Rotate(int p, int q)
        {
            Span<double> left = W.AsSpan(p * Length, Length), right = W.AsSpan(q * Length, Length);
            double product = TensorPrimitives.Dot<double>(left, right), ofLeft = Squares[p], ofRight = Squares[q];
            if (!(Math.Abs(product) > Tolerance * Math.Sqrt(ofLeft) * Math.Sqrt(ofRight))) return false;
            double zeta = (ofRight - ofLeft) / (2 * product);
            double tangent = Math.CopySign(1, zeta) / (Math.Abs(zeta) + Math.Sqrt(1 + (zeta * zeta)));
            if (tangent == 0) return false;
            double cosine = 1 / Math.Sqrt(1 + (tangent * tangent)), sine = cosine * tangent;
            Turn(left, right, cosine, sine);
            Turn(V.AsSpan(p * Count, Count), V.AsSpan(q * Count, Count), cosine, sine);
            Squares[p] = Math.Max(0, ofLeft - (tangent * product));
            Squares[q] = ofRight + (tangent * product);
            return true;
        }

        // x' = c x - s y, y' = s x + c y.
        private static void Turn(Span<double> x, Span<double> y, double cosine, double sine)
        {
            Span<Vector<double>> wideX = MemoryMarshal.Cast<double, Vector<double>>(x), wideY = MemoryMarshal.Cast<double, Vector<double>>(y);
            var (c, s) = (new Vector<double>(cosine), new Vector<double>(sine));
            for (int i = 0; i < wideX.Length; i++)
            {
                Vector<double> one = wideX[i], other = wideY[i];
                wideX[i] = (one * c) - (other * s);
                wideY[i] = (one * s) + (other * c);
            }

            for (int i = wideX.Length * Vector<double>.Count; i < x.Length; i++) (x[i], y[i]) = ((x[i] * cosine) - (y[i] * sine), (x[i] * sine) + (y[i] * cosine));
        }
    }
}
