using System.Numerics;

namespace Polymath.Tensors.Kernels;

/// <summary>Reductions over one row in a fixed order, whatever the alignment of the row.</summary>
internal static unsafe class RowMath
{
    /// <summary>The largest element; NaN when there is one.</summary>
    public static float Max(float* x, int width)
    {
        int lanes = Vector<float>.Count, i = 0;
        Vector<float> max = new(float.NegativeInfinity);
        for (; i + lanes <= width; i += lanes) max = Vector.Max(max, Vector.Load(x + i));
        if (i < width) max = Vector.Max(max, VectorMath.LoadFirst(x + i, width - i, float.NegativeInfinity));
        return VectorMath.MaxLane(max);
    }

    /// <summary>Sum of e^(x - shift); the terms are stored at <paramref name="y"/> unless it is null.</summary>
    public static float SumExp(float* x, float shift, float* y, int width)
    {
        int lanes = Vector<float>.Count, i = 0;
        Vector<float> sum = default, offset = new(shift);
        for (; i + lanes <= width; i += lanes)
        {
            Vector<float> term = VectorMath.Exp(Vector.Load(x + i) - offset);
            sum += term;
            if (y != null) term.Store(y + i);
        }

        if (i < width)
        {
            Vector<float> term = VectorMath.Exp(VectorMath.LoadFirst(x + i, width - i, float.NegativeInfinity) - offset);
            sum += term;
            if (y != null) VectorMath.StoreFirst(term, y + i, width - i);
        }

        return Vector.Sum(sum);
    }

    /// <summary>y = factor x; y may be x.</summary>
    public static void Scale(float* x, float factor, float* y, int width)
    {
        int lanes = Vector<float>.Count, i = 0;
        for (; i + lanes <= width; i += lanes) (Vector.Load(x + i) * factor).Store(y + i);
        for (; i < width; i++) y[i] = x[i] * factor;
    }

    /// <summary>Sum of the elements.</summary>
    public static float Sum(float* x, int width)
    {
        int lanes = Vector<float>.Count, i = 0;
        Vector<float> s0 = default, s1 = default;
        for (; i + (2 * lanes) <= width; i += 2 * lanes)
        {
            s0 += Vector.Load(x + i);
            s1 += Vector.Load(x + i + lanes);
        }

        float sum = Vector.Sum(s0 + s1);
        for (; i < width; i++) sum += x[i];
        return sum;
    }

    /// <summary>Sum of (x - center)^2.</summary>
    public static float SumSquares(float* x, float center, int width)
    {
        int lanes = Vector<float>.Count, i = 0;
        Vector<float> s0 = default, s1 = default, offset = new(center);
        for (; i + (2 * lanes) <= width; i += 2 * lanes)
        {
            Vector<float> d0 = Vector.Load(x + i) - offset, d1 = Vector.Load(x + i + lanes) - offset;
            s0 = VectorMath.Fma(d0, d0, s0);
            s1 = VectorMath.Fma(d1, d1, s1);
        }

        float sum = Vector.Sum(s0 + s1);
        for (; i < width; i++) sum += (x[i] - center) * (x[i] - center);
        return sum;
    }
}
