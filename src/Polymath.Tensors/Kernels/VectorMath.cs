using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Polymath.Tensors.Kernels;

/// <summary>Transcendental functions on a register of floats, the same arithmetic for every lane and every position.</summary>
internal static unsafe class VectorMath
{
    private const float Log2E = 1.44269504f, Ln2High = 0.693359375f, Ln2Low = -2.12194440e-4f;
    private const int ExponentBias = 127, MantissaBits = 23;

    /// <summary>
    /// e^x within about 1 ulp (Cephes <c>expf</c>: x = n ln 2 + r, a polynomial in r, times 2^n rounded once, so that
    /// subnormal results are right); 0 at -infinity, +infinity past the range, NaN for NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Exp(Vector<float> x)
    {
        // The processor's own min and max give their second operand where one is NaN, or NaN itself.
        Vector<float> t = Vector.MinNative(new Vector<float>(89f), Vector.MaxNative(new Vector<float>(-104f), x));
        Vector<float> n = Vector.Round(t * Log2E);
        Vector<float> r = Fma(n, new Vector<float>(-Ln2High), t);
        r = Fma(n, new Vector<float>(-Ln2Low), r);
        Vector<float> p = Fma(new Vector<float>(1.9875691500e-4f), r, new Vector<float>(1.3981999507e-3f));
        p = Fma(p, r, new Vector<float>(8.3334519073e-3f));
        p = Fma(p, r, new Vector<float>(4.1665795894e-2f));
        p = Fma(p, r, new Vector<float>(1.6666665459e-1f));
        p = Fma(p, r, new Vector<float>(5.0000001201e-1f));
        return Scale(Fma(p, r * r, r) + Vector<float>.One, n);
    }

    /// <summary>e^x, bit for bit that of the narrower registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        Vector512<float> t = Vector512.MinNative(Vector512.Create(89f), Vector512.MaxNative(Vector512.Create(-104f), x));
        Vector512<float> n = Vector512.Round(t * Log2E);
        Vector512<float> r = Fma(n, Vector512.Create(-Ln2High), t);
        r = Fma(n, Vector512.Create(-Ln2Low), r);
        Vector512<float> p = Fma(Vector512.Create(1.9875691500e-4f), r, Vector512.Create(1.3981999507e-3f));
        p = Fma(p, r, Vector512.Create(8.3334519073e-3f));
        p = Fma(p, r, Vector512.Create(4.1665795894e-2f));
        p = Fma(p, r, Vector512.Create(1.6666665459e-1f));
        p = Fma(p, r, Vector512.Create(5.0000001201e-1f));
        return Avx512F.Scale(Fma(p, r * r, r) + Vector512<float>.One, n);
    }

    /// <summary>
    /// The error function within 1e-7 absolute: below 0.9277 an odd polynomial, above it 1 - e^(polynomial)
    /// (minimax coefficients by N. Juffa).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Erf(Vector<float> x)
    {
        // Past 4 the result rounds to 1; the cap keeps the polynomial from overflowing.
        Vector<float> size = Vector.Abs(x), t = Vector.MinNative(size, new Vector<float>(4f)), s = t * t;
        Vector<float> far = Fma(new Vector<float>(-1.72853470e-5f), t, new Vector<float>(3.83197126e-4f));
        Vector<float> u = Fma(new Vector<float>(-3.88396438e-3f), t, new Vector<float>(2.42546219e-2f));
        far = Fma(far, s, u);
        far = Fma(far, t, new Vector<float>(-1.06777877e-1f));
        far = Fma(far, t, new Vector<float>(-6.34846687e-1f));
        far = Fma(far, t, new Vector<float>(-1.28717512e-1f));
        far = Vector.CopySign(Vector<float>.One - Exp(Fma(far, t, -t)), x);

        Vector<float> near = Fma(new Vector<float>(-5.96761703e-4f), s, new Vector<float>(4.99119423e-3f));
        near = Fma(near, s, new Vector<float>(-2.67681349e-2f));
        near = Fma(near, s, new Vector<float>(1.12819925e-1f));
        near = Fma(near, s, new Vector<float>(-3.76125336e-1f));
        near = Fma(near, s, new Vector<float>(1.28379166e-1f));
        near = Fma(near, x, x);
        return Vector.ConditionalSelect(Vector.GreaterThan(size, new Vector<float>(0.927734375f)), far, near);
    }

    /// <summary>1 / (1 + e^-x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Sigmoid(Vector<float> x) => Vector<float>.One / (Vector<float>.One + Exp(-x));

    /// <summary>tanh x as 1 - 2 / (e^2x + 1), within 2e-7 absolute.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Tanh(Vector<float> x) => Vector<float>.One - (new Vector<float>(2f) / (Exp(x + x) + Vector<float>.One));

    /// <summary>
    /// log(1 + u) for u in [0, 1]: 2 atanh(u / (2 + u)), whose series in s^2 &lt;= 1/9 ends below half an ulp after eight terms.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> LogOnePlus(Vector<float> u)
    {
        Vector<float> s = u / (u + new Vector<float>(2f)), q = s * s;
        Vector<float> sum = Fma(new Vector<float>(1f / 15f), q, new Vector<float>(1f / 13f));
        sum = Fma(sum, q, new Vector<float>(1f / 11f));
        sum = Fma(sum, q, new Vector<float>(1f / 9f));
        sum = Fma(sum, q, new Vector<float>(1f / 7f));
        sum = Fma(sum, q, new Vector<float>(1f / 5f));
        sum = Fma(sum, q, new Vector<float>(1f / 3f));
        sum = Fma(sum, q, Vector<float>.One);
        return (s + s) * sum;
    }

    /// <summary>x y + z, fused where the processor can.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Fma(Vector<float> x, Vector<float> y, Vector<float> z) => Vector.MultiplyAddEstimate(x, y, z);

    /// <summary>x y + z, fused.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Fma(Vector512<float> x, Vector512<float> y, Vector512<float> z) => Vector512.MultiplyAddEstimate(x, y, z);

    /// <summary>The first <paramref name="count"/> floats at <paramref name="x"/> (less than a register) and <paramref name="padding"/> in the other lanes.</summary>
    public static Vector<float> LoadFirst(float* x, int count, float padding = 0f)
    {
        Vector<float> value = new(padding);
        float* lanes = (float*)&value;
        for (int i = 0; i < count; i++) lanes[i] = x[i];
        return value;
    }

    /// <summary>Stores the first <paramref name="count"/> lanes.</summary>
    public static void StoreFirst(Vector<float> value, float* y, int count)
    {
        float* lanes = (float*)&value;
        for (int i = 0; i < count; i++) y[i] = lanes[i];
    }

    /// <summary>The largest lane; NaN when a lane is NaN.</summary>
    public static float MaxLane(Vector<float> value)
    {
        float max = value[0];
        for (int i = 1; i < Vector<float>.Count; i++) max = MathF.Max(max, value[i]);
        return max;
    }

    /// <summary>The largest lane by the processor's own comparison, which may lose a NaN.</summary>
    public static float MaxLaneNative(Vector<float> value)
    {
        float* lanes = (float*)&value;
        Vector128<float> max = Vector128.Load(lanes);
        for (int i = Vector128<float>.Count; i < Vector<float>.Count; i += Vector128<float>.Count) max = Vector128.MaxNative(max, Vector128.Load(lanes + i));
        max = Vector128.MaxNative(max, Vector128.Shuffle(max, Vector128.Create(2, 3, 0, 1)));
        return Vector128.MaxNative(max, Vector128.Shuffle(max, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    /// <summary>The same for a wider register.</summary>
    public static float MaxLaneNative(Vector512<float> value)
    {
        Vector256<float> eight = Vector256.MaxNative(value.GetLower(), value.GetUpper());
        Vector128<float> four = Vector128.MaxNative(eight.GetLower(), eight.GetUpper());
        four = Vector128.MaxNative(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        return float.MaxNative(four[0], four[1]);
    }

    /// <summary>y 2^n, rounded once; n is whole and within twice the exponents of floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Scale(Vector<float> y, Vector<float> n)
    {
        if (Avx512F.VL.IsSupported && Vector<float>.Count == Vector256<float>.Count) return Avx512F.VL.Scale(y.AsVector256(), n.AsVector256()).AsVector();
        Vector<int> exponent = Vector.ConvertToInt32Native(n), half = Vector.ShiftRightArithmetic(exponent, 1);
        return y * PowerOfTwo(half) * PowerOfTwo(exponent - half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> PowerOfTwo(Vector<int> exponent)
        => Vector.AsVectorSingle(Vector.ShiftLeft(exponent + new Vector<int>(ExponentBias), MantissaBits));
}
