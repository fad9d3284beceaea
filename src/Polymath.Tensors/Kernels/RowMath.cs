using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Polymath.Tensors.Kernels;

/// <summary>Reductions over one row in a fixed order, whatever the alignment of the row.</summary>
internal static unsafe class RowMath
{
    /// <summary>The largest element; NaN when there is one.</summary>
    public static float Max(float* x, int width)
    {
        int lanes = Vector<float>.Count, i = 0;
        Vector<float> m0 = new(float.NegativeInfinity), m1 = m0, m2 = m0, m3 = m0;
        Vector<int> ordered = Vector<int>.AllBitsSet;
        for (; i + (4 * lanes) <= width; i += 4 * lanes)
        {
            Vector<float> x0 = Vector.Load(x + i), x1 = Vector.Load(x + i + lanes), x2 = Vector.Load(x + i + (2 * lanes)), x3 = Vector.Load(x + i + (3 * lanes));
            m0 = Vector.MaxNative(m0, x0);
            m1 = Vector.MaxNative(m1, x1);
            m2 = Vector.MaxNative(m2, x2);
            m3 = Vector.MaxNative(m3, x3);
            ordered &= Vector.Equals(x0, x0) & Vector.Equals(x1, x1) & Vector.Equals(x2, x2) & Vector.Equals(x3, x3);
        }

        // The processor's own max may lose a NaN.
        if (ordered != Vector<int>.AllBitsSet) return float.NaN;
        m0 = Vector.MaxNative(Vector.MaxNative(m0, m1), Vector.MaxNative(m2, m3));
        for (; i + lanes <= width; i += lanes) m0 = Vector.Max(m0, Vector.Load(x + i));
        float max = VectorMath.MaxLane(m0);
        for (; i < width; i++) max = MathF.Max(max, x[i]);
        return max;
    }

    /// <summary>The largest element of a row without NaN; any number or NaN for a row with one.</summary>
    public static float MaxOfNumbers(float* x, int width)
    {
        int lanes = Vector<float>.Count, i = 0;
        float max = float.NegativeInfinity;
        if (Avx512F.IsSupported && width >= 2 * Vector512<float>.Count)
        {
            Vector512<float> w0 = Vector512.Load(x), w1 = Vector512.Load(x + Vector512<float>.Count);
            for (i = 2 * Vector512<float>.Count; i + (2 * Vector512<float>.Count) <= width; i += 2 * Vector512<float>.Count)
            {
                w0 = Vector512.MaxNative(w0, Vector512.Load(x + i));
                w1 = Vector512.MaxNative(w1, Vector512.Load(x + i + Vector512<float>.Count));
            }

            max = VectorMath.MaxLaneNative(Vector512.MaxNative(w0, w1));
        }
        else
        {
            Vector<float> m0 = new(max), m1 = m0;
            for (; i + (2 * lanes) <= width; i += 2 * lanes)
            {
                m0 = Vector.MaxNative(m0, Vector.Load(x + i));
                m1 = Vector.MaxNative(m1, Vector.Load(x + i + lanes));
            }

            max = VectorMath.MaxLaneNative(Vector.MaxNative(m0, m1));
        }

        for (; i < width; i++) max = float.MaxNative(max, x[i]);
        return max;
    }

    /// <summary>y = e^x; y may be x.</summary>
    public static void Exp(float* x, float* y, int length)
    {
        int lanes = Vector<float>.Count, i = 0;
        if (Avx512F.IsSupported)
        {
            for (; i + Vector512<float>.Count <= length; i += Vector512<float>.Count) VectorMath.Exp(Vector512.Load(x + i)).Store(y + i);
        }

        for (; i + lanes <= length; i += lanes) VectorMath.Exp(Vector.Load(x + i)).Store(y + i);
        if (i < length) VectorMath.StoreFirst(VectorMath.Exp(VectorMath.LoadFirst(x + i, length - i)), y + i, length - i);
    }

    /// <summary>Sum of e^(x - shift); the terms are stored at <paramref name="y"/> unless it is null.</summary>
    public static float SumExp(float* x, float shift, float* y, int width)
    {
        int lanes = Vector<float>.Count, i = 0;
        float wide = 0f;
        if (Avx512F.IsSupported)
        {
            Vector512<float> w0 = default, w1 = default, origin = Vector512.Create(shift);
            for (; i + (2 * Vector512<float>.Count) <= width; i += 2 * Vector512<float>.Count)
            {
                Vector512<float> e0 = VectorMath.Exp(Vector512.Load(x + i) - origin), e1 = VectorMath.Exp(Vector512.Load(x + i + Vector512<float>.Count) - origin);
                w0 += e0;
                w1 += e1;
                if (y == null) continue;
                e0.Store(y + i);
                e1.Store(y + i + Vector512<float>.Count);
            }

            wide = Vector512.Sum(w0 + w1);
        }

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

        return wide + Vector.Sum(sum);
    }

    /// <summary>y = factor x; y may be x.</summary>
    public static void Scale(float* x, float factor, float* y, int width)
    {
        int lanes = Vector<float>.Count, i = 0;
        if (Avx512F.IsSupported)
        {
            for (; i + Vector512<float>.Count <= width; i += Vector512<float>.Count) (Vector512.Load(x + i) * factor).Store(y + i);
        }

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
