using System.Numerics;
using Polymath.Tensors.Kernels;

namespace Polymath.Boosting;

/// <summary>
/// First and second derivatives as whole numbers, two in 64 bits: the first in the upper half, signed, the second in the lower half. Adding
/// a row to a bin is one addition, sums do not depend on their order, and the histogram of a child is exactly that of its parent less that of
/// its sibling. The scales leave room for the sum over all rows; rounding is spread by a sequence of golden-section offsets, so that it
/// does not bias sums of small numbers.
/// </summary>
internal sealed class PackedGradients
{
    private const int ChunkRows = 8192, SumBits = 30;
    private const int Offsets = 1024;
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private static readonly double[] s_offsets = [.. Enumerable.Range(0, Offsets).Select(i => (((ulong)i * Golden) >> 11) * (1.0 / (1UL << 53)))];
    private readonly long[] _values;
    private readonly int _outputs;

    /// <summary>Room for some rows.</summary>
    public PackedGradients(int rows, int outputs)
    {
        (Rows, _outputs) = (rows, outputs);
        _values = GC.AllocateUninitializedArray<long>(rows * outputs, pinned: true);
        (FirstUnit, SecondUnit) = (new double[outputs], new double[outputs]);
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>What one unit of the upper half is worth, by output.</summary>
    public double[] FirstUnit { get; }

    /// <summary>What one unit of the lower half is worth, by output.</summary>
    public double[] SecondUnit { get; }

    /// <summary><c>[rows, outputs]</c>, in pinned memory.</summary>
    public unsafe long* Values => (long*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(_values));

    /// <summary>The upper half.</summary>
    public static int First(long packed) => (int)(packed >> 32);

    /// <summary>The lower half.</summary>
    public static uint Second(long packed) => (uint)packed;

    /// <summary>Packs the derivatives of all rows.</summary>
    /// <param name="gradient"><c>[rows, outputs]</c>.</param>
    /// <param name="curvature"><c>[rows, outputs]</c>, or empty for 1.</param>
    public unsafe void Pack(ReadOnlySpan<double> gradient, ReadOnlySpan<double> curvature)
    {
        int room = 1 << Math.Max(1, SumBits - System.Numerics.BitOperations.Log2((uint)Math.Max(Rows, 1)) - 1);
        for (int k = 0; k < _outputs; k++)
        {
            FirstUnit[k] = Unit(Largest(gradient, k), room);
            SecondUnit[k] = curvature.IsEmpty ? 1 : Unit(Largest(curvature, k), room);
        }

        fixed (double* first = gradient, second = curvature)
        {
            var body = new PackBody { Packed = this, First = first, Second = curvature.IsEmpty ? null : second };
            Effort.For((Rows + ChunkRows - 1) / ChunkRows, 2L * Rows * _outputs, ref body);
        }
    }

    private static double Unit(double largest, int room) => largest > 0 ? largest / room : 1;

    private double Largest(ReadOnlySpan<double> values, int output)
    {
        if (_outputs == 1) return System.Numerics.Tensors.TensorPrimitives.MaxMagnitude(values) is double all ? Math.Abs(all) : 0;
        double largest = 0;
        for (int i = output; i < values.Length; i += _outputs) largest = Math.Max(largest, Math.Abs(values[i]));
        return largest;
    }

    private unsafe struct PackBody : IBody
    {
        public PackedGradients Packed;
        public double* First;
        public double* Second;

        public readonly void Run(int chunk)
        {
            int outputs = Packed._outputs, start = chunk * ChunkRows, end = Math.Min(Packed.Rows, start + ChunkRows);
            if (outputs == 1)
            {
                Run(start, end);
                return;
            }

            for (int k = 0; k < outputs; k++)
            {
                double firstScale = 1 / Packed.FirstUnit[k], secondScale = 1 / Packed.SecondUnit[k];
                for (int row = start; row < end; row++) Run((row * outputs) + k, s_offsets[row & (Offsets - 1)], firstScale, secondScale);
            }
        }

        /// <summary>One output, several rows at once. Adding 1.5 * 2^52 rounds to a whole number and leaves it in the low bits.</summary>
        private readonly void Run(int start, int end)
        {
            const double Round = 6755399441055744;
            double firstScale = 1 / Packed.FirstUnit[0], secondScale = 1 / Packed.SecondUnit[0];
            int lanes = Vector<double>.Count, row = start;
            Vector<double> round = new(Round), half = new(0.5), scaleFirst = new(firstScale), scaleSecond = new(secondScale);
            Vector<long> bits = Vector.AsVectorInt64(round);
            fixed (double* offsets = s_offsets)
            {
                for (; row + lanes <= end; row += lanes)
                {
                    Vector<double> offset = *(Vector<double>*)(offsets + (row & (Offsets - 1))) - half;
                    Vector<long> first = Vector.AsVectorInt64((*(Vector<double>*)(First + row) * scaleFirst) + offset + round) - bits;
                    Vector<long> second = Second is null ? Vector<long>.One : Vector.AsVectorInt64((*(Vector<double>*)(Second + row) * scaleSecond) + offset + round) - bits;
                    *(Vector<long>*)(Packed.Values + row) = Vector.ShiftLeft(first, 32) + second;
                }
            }

            for (; row < end; row++) Run(row, s_offsets[row & (Offsets - 1)], firstScale, secondScale);
        }

        private readonly void Run(int at, double offset, double firstScale, double secondScale)
        {
            long first = (long)Math.Round((First[at] * firstScale) + (offset - 0.5)), second = Second is null ? 1 : (long)Math.Round((Second[at] * secondScale) + (offset - 0.5));
            Packed.Values[at] = (first << 32) + second;
        }
    }
}
