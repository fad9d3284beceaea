using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.LinearAlgebra;

/// <summary>
/// C = a op(A) op(B) (+ C) in double precision, row-major. Columns of B are packed into panels that the threads share out; every element is
/// summed in the order of k, so the result does not depend on their number.
/// </summary>
/// <example><code>
/// double[] c = new double[4];
/// MatrixProduct.Multiply([1, 2, 3, 4], [1, 0, 0, 1], c, rows: 2, columns: 2, inner: 2);   // 1, 2, 3, 4
/// </code></example>
public static unsafe class MatrixProduct
{
    private const int TileRows = 4, TileVectors = 3, LeastParallelWork = 32 * 1024;

    [ThreadStatic]
    private static double[]? t_panel;

    /// <summary>Computes C.</summary>
    /// <param name="left">A <c>[rows, inner]</c>, or <c>[inner, rows]</c> when transposed.</param>
    /// <param name="right">B <c>[inner, columns]</c>, or <c>[columns, inner]</c> when transposed.</param>
    /// <param name="result">C <c>[rows, columns]</c>; may not overlap the operands.</param>
    /// <param name="rows">Rows of C.</param>
    /// <param name="columns">Columns of C.</param>
    /// <param name="inner">The length that is summed over.</param>
    /// <param name="transposeLeft">Take A^T.</param>
    /// <param name="transposeRight">Take B^T.</param>
    /// <param name="factor">a.</param>
    /// <param name="accumulate">Add to C instead of replacing it.</param>
    /// <exception cref="ArgumentException">A span is shorter than its matrix.</exception>
    public static void Multiply(
        ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<double> result, int rows, int columns, int inner, bool transposeLeft = false, bool transposeRight = false, double factor = 1, bool accumulate = false)
    {
        Require(left.Length, rows, inner, nameof(left));
        Require(right.Length, inner, columns, nameof(right));
        Require(result.Length, rows, columns, nameof(result));
        if (rows == 0 || columns == 0) return;
        fixed (double* a = left, b = right, c = result)
        {
            var body = new Body
            {
                A = a,
                B = b,
                C = c,
                Rows = rows,
                Columns = columns,
                Inner = inner,
                RowStrideA = transposeLeft ? 1 : inner,
                StepStrideA = transposeLeft ? rows : 1,
                ColumnStrideB = transposeRight ? inner : 1,
                StepStrideB = transposeRight ? 1 : columns,
                Factor = factor,
                Accumulate = accumulate,
            };
            int panels = (columns + Body.Width - 1) / Body.Width;
            if ((long)rows * columns * inner >= LeastParallelWork) Workers.For(panels, ref body);
            else for (int panel = 0; panel < panels; panel++) body.Run(panel);
        }
    }

    /// <summary>The inner product of two vectors, in an order fixed by their length.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        if (left.Length != right.Length) throw new ArgumentException($"MatrixProduct: found vectors of {left.Length} and {right.Length} elements, expected as many.", nameof(right));
        fixed (double* a = left, b = right) return DoubleSum.Dot(a, b, left.Length);
    }

    private static void Require(int length, int rows, int columns, string name)
    {
        if (rows < 0 || columns < 0 || length < (long)rows * columns) throw new ArgumentException($"MatrixProduct: found {length} elements, expected {rows} x {columns}; pass the matrix row-major.", name);
    }

    private struct Body : IBody
    {
        public double* A, B, C;
        public int Rows, Columns, Inner;
        public nint RowStrideA, StepStrideA, ColumnStrideB, StepStrideB;
        public double Factor;
        public bool Accumulate;

        public static int Width => TileVectors * Vector<double>.Count;

        public readonly void Run(int chunk)
        {
            int width = Width, first = chunk * width, columns = Math.Min(width, Columns - first);
            if (t_panel is null || t_panel.Length < Inner * width) t_panel = GC.AllocateUninitializedArray<double>(Math.Max(1, Inner * width), pinned: true);
            double* panel = (double*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(t_panel)), tile = stackalloc double[TileRows * width];
            Pack(first, columns, panel);
            for (int row = 0; row < Rows; row += TileRows)
            {
                int rows = Math.Min(TileRows, Rows - row);
                // The missing rows of the last tile repeat its first.
                double* a0 = A + (row * RowStrideA), a1 = rows > 1 ? a0 + RowStrideA : a0, a2 = rows > 2 ? a0 + (2 * RowStrideA) : a0, a3 = rows > 3 ? a0 + (3 * RowStrideA) : a0;
                Tile(a0, a1, a2, a3, panel, tile);
                for (int r = 0; r < rows; r++)
                {
                    double* to = C + ((nint)(row + r) * Columns) + first, from = tile + (r * width);
                    for (int j = 0; j < columns; j++) to[j] = (Factor * from[j]) + (Accumulate ? to[j] : 0);
                }
            }
        }

        private readonly void Pack(int first, int columns, double* panel)
        {
            int width = Width;
            if (columns < width) new Span<double>(panel, Inner * width).Clear();
            double* b = B + (first * ColumnStrideB);
            for (int p = 0; p < Inner; p++)
            {
                if (ColumnStrideB == 1) new ReadOnlySpan<double>(b + (p * StepStrideB), columns).CopyTo(new Span<double>(panel + ((nint)p * width), columns));
                else for (int j = 0; j < columns; j++) panel[((nint)p * width) + j] = b[(j * ColumnStrideB) + (p * StepStrideB)];
            }
        }

        private readonly void Tile(double* a0, double* a1, double* a2, double* a3, double* panel, double* tile)
        {
            int lanes = Vector<double>.Count;
            Vector<double> c00 = default, c01 = default, c02 = default, c10 = default, c11 = default, c12 = default;
            Vector<double> c20 = default, c21 = default, c22 = default, c30 = default, c31 = default, c32 = default;
            nint step = StepStrideA, at = 0;
            for (int p = 0; p < Inner; p++, at += step)
            {
                Vector<double> b0 = Vector.Load(panel), b1 = Vector.Load(panel + lanes), b2 = Vector.Load(panel + (2 * lanes));
                panel += TileVectors * lanes;
                Vector<double> x = new(a0[at]);
                c00 = Vector.MultiplyAddEstimate(x, b0, c00);
                c01 = Vector.MultiplyAddEstimate(x, b1, c01);
                c02 = Vector.MultiplyAddEstimate(x, b2, c02);
                x = new(a1[at]);
                c10 = Vector.MultiplyAddEstimate(x, b0, c10);
                c11 = Vector.MultiplyAddEstimate(x, b1, c11);
                c12 = Vector.MultiplyAddEstimate(x, b2, c12);
                x = new(a2[at]);
                c20 = Vector.MultiplyAddEstimate(x, b0, c20);
                c21 = Vector.MultiplyAddEstimate(x, b1, c21);
                c22 = Vector.MultiplyAddEstimate(x, b2, c22);
                x = new(a3[at]);
                c30 = Vector.MultiplyAddEstimate(x, b0, c30);
                c31 = Vector.MultiplyAddEstimate(x, b1, c31);
                c32 = Vector.MultiplyAddEstimate(x, b2, c32);
            }

            Store(c00, c01, c02, tile);
            Store(c10, c11, c12, tile + Width);
            Store(c20, c21, c22, tile + (2 * Width));
            Store(c30, c31, c32, tile + (3 * Width));
        }

        private static void Store(Vector<double> x, Vector<double> y, Vector<double> z, double* to)
        {
            x.Store(to);
            y.Store(to + Vector<double>.Count);
            z.Store(to + (2 * Vector<double>.Count));
        }
    }
}
