using System.Numerics;

namespace Polymath.Tensors.Kernels;

/// <summary>Sums of floats accumulated in double precision, in an order fixed by the length.</summary>
internal static unsafe class DoubleSum
{
    /// <summary>Sum of x.</summary>
    public static double Sum(float* x, int length)
    {
        int lanes = Vector<float>.Count, i = 0;
        Vector<double> s0 = default, s1 = default, s2 = default, s3 = default;
        for (; i + (2 * lanes) <= length; i += 2 * lanes)
        {
            Vector.Widen(Vector.Load(x + i), out Vector<double> a, out Vector<double> b);
            Vector.Widen(Vector.Load(x + i + lanes), out Vector<double> c, out Vector<double> d);
            s0 += a;
            s1 += b;
            s2 += c;
            s3 += d;
        }

        double sum = Vector.Sum((s0 + s1) + (s2 + s3));
        for (; i < length; i++) sum += x[i];
        return sum;
    }

    /// <summary>Sum of a b; every product is exact.</summary>
    public static double Dot(float* a, float* b, int length)
    {
        int lanes = Vector<float>.Count, i = 0;
        Vector<double> s0 = default, s1 = default, s2 = default, s3 = default;
        for (; i + (2 * lanes) <= length; i += 2 * lanes)
        {
            Vector.Widen(Vector.Load(a + i), out Vector<double> a0, out Vector<double> a1);
            Vector.Widen(Vector.Load(b + i), out Vector<double> b0, out Vector<double> b1);
            Vector.Widen(Vector.Load(a + i + lanes), out Vector<double> a2, out Vector<double> a3);
            Vector.Widen(Vector.Load(b + i + lanes), out Vector<double> b2, out Vector<double> b3);
            s0 += a0 * b0;
            s1 += a1 * b1;
            s2 += a2 * b2;
            s3 += a3 * b3;
        }

        double sum = Vector.Sum((s0 + s1) + (s2 + s3));
        for (; i < length; i++) sum += (double)a[i] * b[i];
        return sum;
    }

    /// <summary>y = x in double precision.</summary>
    public static void Widen(float* x, double* y, int length)
    {
        int lanes = Vector<float>.Count, i = 0;
        for (; i + lanes <= length; i += lanes)
        {
            Vector.Widen(Vector.Load(x + i), out Vector<double> low, out Vector<double> high);
            low.Store(y + i);
            high.Store(y + i + Vector<double>.Count);
        }

        for (; i < length; i++) y[i] = x[i];
    }

    /// <summary>Sum of a b.</summary>
    public static double Dot(double* a, double* b, int length)
    {
        int lanes = Vector<double>.Count, i = 0;
        Vector<double> s0 = default, s1 = default;
        for (; i + (2 * lanes) <= length; i += 2 * lanes)
        {
            s0 += Vector.Load(a + i) * Vector.Load(b + i);
            s1 += Vector.Load(a + i + lanes) * Vector.Load(b + i + lanes);
        }

        double sum = Vector.Sum(s0 + s1);
        for (; i < length; i++) sum += a[i] * b[i];
        return sum;
    }

    /// <summary>sums[j] += a . b_j for four rows b_j at <paramref name="stride"/>.</summary>
    public static void AddFourDots(double* a, double* b, int stride, int length, double* sums)
    {
        int lanes = Vector<double>.Count, i = 0;
        double* b1 = b + stride, b2 = b1 + stride, b3 = b2 + stride;
        Vector<double> s0 = default, s1 = default, s2 = default, s3 = default;
        for (; i + lanes <= length; i += lanes)
        {
            Vector<double> x = Vector.Load(a + i);
            s0 = Vector.MultiplyAddEstimate(x, Vector.Load(b + i), s0);
            s1 = Vector.MultiplyAddEstimate(x, Vector.Load(b1 + i), s1);
            s2 = Vector.MultiplyAddEstimate(x, Vector.Load(b2 + i), s2);
            s3 = Vector.MultiplyAddEstimate(x, Vector.Load(b3 + i), s3);
        }

        double d0 = Vector.Sum(s0), d1 = Vector.Sum(s1), d2 = Vector.Sum(s2), d3 = Vector.Sum(s3);
        for (; i < length; i++)
        {
            d0 += a[i] * b[i];
            d1 += a[i] * b1[i];
            d2 += a[i] * b2[i];
            d3 += a[i] * b3[i];
        }

        sums[0] += d0;
        sums[1] += d1;
        sums[2] += d2;
        sums[3] += d3;
    }

    /// <summary>y += x.</summary>
    public static void Add(double* x, double* y, int length)
    {
        int lanes = Vector<double>.Count, i = 0;
        for (; i + lanes <= length; i += lanes) (Vector.Load(y + i) + Vector.Load(x + i)).Store(y + i);
        for (; i < length; i++) y[i] += x[i];
    }

    /// <summary>sums[j] += x[r, j] over the rows r, in order; j in [0, width).</summary>
    public static void AddRows(float* x, nint stride, int rows, int width, double* sums)
    {
        int lanes = Vector<float>.Count, half = Vector<double>.Count;
        for (int r = 0; r < rows; r++)
        {
            int j = 0;
            for (; j + lanes <= width; j += lanes)
            {
                Vector.Widen(Vector.Load(x + j), out Vector<double> low, out Vector<double> high);
                (Vector.Load(sums + j) + low).Store(sums + j);
                (Vector.Load(sums + j + half) + high).Store(sums + j + half);
            }

            for (; j < width; j++) sums[j] += x[j];
            x += stride;
        }
    }
}
