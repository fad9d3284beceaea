using System.Numerics.Tensors;

namespace Polymath.Learning.Optimization;

/// <summary>Limits gradients before a step.</summary>
/// <example><code>
/// float[] gradients = [3f, 4f];
/// double norm = GradientClipping.ByNorm(gradients, 1);   // 5; the gradients are now [0.6, 0.8]
/// </code></example>
public static class GradientClipping
{
    /// <summary>Scales the whole gradient so that its Euclidean norm is at most <paramref name="largest"/> (Pascanu et al. 2013).</summary>
    /// <param name="gradients">Scaled in place; left as they are when the norm is not finite.</param>
    /// <param name="largest">The largest norm, more than 0.</param>
    /// <returns>The norm before clipping, accumulated in double precision in a fixed order.</returns>
    public static double ByNorm(Span<float> gradients, double largest)
    {
        if (!(largest > 0)) throw new ArgumentOutOfRangeException(nameof(largest), largest, "expected a norm more than 0.");
        double norm = Norm(gradients);
        if (norm > largest && double.IsFinite(norm)) TensorPrimitives.Multiply(gradients, (float)(largest / norm), gradients);
        return norm;
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

    /// <summary>The Euclidean norm, accumulated in double precision. Eight sums run side by side, the same on every machine.</summary>
    /// <param name="values">Any number of values.</param>
    public static double Norm(ReadOnlySpan<float> values)
    {
        const int Lanes = 8;
        Span<double> sums = stackalloc double[Lanes];
        sums.Clear();
        int i = 0;
        for (; i + Lanes <= values.Length; i += Lanes)
        {
            for (int lane = 0; lane < Lanes; lane++) sums[lane] += (double)values[i + lane] * values[i + lane];
        }

        for (int lane = 0; i < values.Length; i++, lane++) sums[lane] += (double)values[i] * values[i];
        double total = 0;
        foreach (double sum in sums) total += sum;
        return Math.Sqrt(total);
    }
}
