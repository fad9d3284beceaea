using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Polymath.Tensors.Kernels;

namespace Polymath.Learning.Optimization;

/// <summary>Limits gradients before a step.</summary>
/// <example><code>
/// float[] gradients = [3f, 4f];
/// double norm = GradientClipping.ByNorm(gradients, 1);   // 5; the gradients are now [0.6, 0.8]
/// </code></example>
public static class GradientClipping
{
    private const int Block = 16 * 1024;

    /// <summary>Scales the whole gradient so that its Euclidean norm is at most <paramref name="largest"/> (Pascanu et al. 2013).</summary>
    /// <param name="gradients">Scaled in place; left as they are when the norm is not finite.</param>
    /// <param name="largest">The largest norm, more than 0.</param>
    /// <returns>The norm before clipping, accumulated in double precision in a fixed order.</returns>
    public static double ByNorm(Span<float> gradients, double largest)
    {
        double norm = Norm(gradients), factor = Factor(norm, largest);
        if (factor != 1) TensorPrimitives.Multiply(gradients, (float)factor, gradients);
        return norm;
    }

    /// <summary>What a gradient of some norm has to be multiplied by; give it to <see cref="Optimizer.Step"/> to clip without a pass over the gradient.</summary>
    /// <param name="norm">The norm of the gradient, see <see cref="Norm"/>.</param>
    /// <param name="largest">The largest norm, more than 0.</param>
    /// <returns>In (0, 1]; 1 when the norm is not finite.</returns>
    public static double Factor(double norm, double largest)
    {
        if (!(largest > 0)) throw new ArgumentOutOfRangeException(nameof(largest), largest, "expected a norm more than 0.");
        return norm > largest && double.IsFinite(norm) ? largest / norm : 1;
    }

    /// <summary>Limits every value to [-<paramref name="largest"/>, <paramref name="largest"/>]; NaN stays NaN.</summary>
    /// <param name="gradients">Limited in place.</param>
    /// <param name="largest">The largest magnitude, more than 0.</param>
    public static void ByValue(Span<float> gradients, float largest)
    {
        if (!(largest > 0)) throw new ArgumentOutOfRangeException(nameof(largest), largest, "expected a limit more than 0.");
        TensorPrimitives.Min(gradients, largest, gradients);
        TensorPrimitives.Max(gradients, -largest, gradients);
    }

    /// <summary>The Euclidean norm, accumulated in double precision: eight sums side by side in every block, the blocks in order, the same on every machine.</summary>
    /// <param name="values">Any number of values.</param>
    public static unsafe double Norm(ReadOnlySpan<float> values)
    {
        if (values.IsEmpty) return 0;
        int blocks = 1 + ((values.Length - 1) / Block);
        double[] sums = ArrayPool<double>.Shared.Rent(blocks);
        fixed (float* pointer = values)
        fixed (double* partial = sums)
        {
            var body = new SquaresBody { Values = pointer, Count = values.Length, Sums = partial };
            Workers.For(blocks, ref body);
        }

        double total = 0;
        for (int block = 0; block < blocks; block++) total += sums[block];
        ArrayPool<double>.Shared.Return(sums);
        return Math.Sqrt(total);
    }

    private unsafe struct SquaresBody : IBody
    {
        public float* Values;
        public double* Sums;
        public int Count;

        public readonly void Run(int chunk)
        {
            float* x = Values + ((nint)chunk * Block);
            int count = Math.Min(Block, Count - (chunk * Block)), i = 0;
            Vector512<double> sum = default;
            for (; i + Vector512<double>.Count <= count; i += Vector512<double>.Count)
            {
                Vector256<float> eight = Vector256.Load(x + i);
                (Vector256<double> low, Vector256<double> high) = Vector256.Widen(eight);
                var wide = Vector512.Create(low, high);
                sum += wide * wide;
            }

            double total = 0;
            for (int lane = 0; lane < Vector512<double>.Count; lane++) total += sum[lane];
            for (; i < count; i++) total += (double)x[i] * x[i];
            Sums[chunk] = total;
        }
    }
}
