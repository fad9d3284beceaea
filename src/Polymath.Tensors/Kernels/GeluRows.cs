using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Polymath.Tensors.Kernels;

/// <summary>
/// gelu(x) = x Phi(x) = max(x, 0) + h(|x|) with h(a) = -a Phi(-a), and its derivative, 1 + h'(x) for positive x and -h'(-x) for negative. h is a
/// polynomial of degree 7 around each of 16 nodes half a unit apart (minimax, computed to 40 digits; 1e-10 from h), whose coefficients
/// one instruction looks up in a register; h' comes out of the same Horner scheme. Within 2e-8 before the last rounding, derivative 4e-8.
/// Nothing cancels for negative x, and every lane of every width does the same arithmetic.
/// </summary>
internal unsafe struct GeluRows : IActivationRows
{
    private const int Nodes = 16;

    // Adding 2^22 rounds to a multiple of 1/2 and leaves the node's number in the last bits. Past the last node h is less than 1e-13.
    private const float Rounding = 4194304f, Last = 7.749f;

    private static readonly float* s_coefficients = Place();

    /// <summary>By power, then by node.</summary>
    private static ReadOnlySpan<float> Coefficients =>
    [
        0f, -0.15426877f, -0.15865526f, -0.1002108f, -0.045500264f, -0.015524163f, -0.004049694f, -0.0008142018f,
        -0.00012668497f, -1.5289528e-5f, -1.4332576e-6f, -1.0444252e-7f, -5.9195147e-9f, -2.610389e-10f, -8.958606e-12f, -2.3931267e-13f,
        -0.5f, -0.13250488f, 0.08331547f, 0.1274692f, 0.0852318f, 0.037611086f, 0.011945647f, 0.0028217603f,
        0.00050364964f, 6.852916e-5f, 7.1469453e-6f, 5.7334705e-7f, 3.546867e-8f, 1.6950469e-9f, 6.2662826e-11f, 1.7938082e-12f,
        0.3989423f, 0.30805716f, 0.12098542f, -0.016189681f, -0.053990986f, -0.03724765f, -0.015511467f, -0.0044724955f,
        -0.000936811f, -0.00014585188f, -1.7097425e-5f, -1.5212661e-6f, -1.0329567e-7f, -5.3730598e-9f, -2.1470739e-10f, -6.605249e-12f,
        -6.433919e-7f, -0.110020354f, -0.12098536f, -0.056663983f, -6.984773e-9f, 0.016432794f, 0.011079625f, 0.004199784f,
        0.0010706406f, 0.00019480177f, 2.601769e-5f, 2.5915117e-6f, 1.944355e-7f, 1.1062844e-8f, 4.796437e-10f, 1.5903253e-11f,
        -0.066479795f, -0.033922236f, 0.020159943f, 0.036088098f, 0.017998664f, 0.00050306396f, -0.0040627457f, -0.002484238f,
        -0.00082533545f, -0.0001813376f, -2.8111761e-5f, -3.1710042e-6f, -2.6486163e-7f, -1.6564336e-8f, -7.8152285e-10f, -2.79685e-11f,
        -9.32293e-5f, 0.022459634f, 0.01613111f, -0.0027302708f, -0.008998149f, -0.0042685494f, -2.0502209e-7f, 0.00084799976f,
        0.00043723584f, 0.00012306595f, 2.279151e-5f, 2.9613445e-6f, 2.7852502e-7f, 1.930931e-8f, 9.982843e-10f, 3.8798062e-11f,
        0.010426068f, 0.0030296629f, -0.0059392485f, -0.004845305f, 0.00040688354f, 0.0019258893f, 0.000781204f, -4.6327375e-5f,
        -0.0001470777f, -6.171974e-5f, -1.4518057e-5f, -2.2548618e-6f, -2.4558398e-7f, -1.9335038e-8f, -1.1204359e-9f, -4.835661e-11f,
        -0.0011442689f, -0.003179905f, -0.0012431751f, 0.001461395f, 0.0011076183f, -0.00013216383f, -0.0003601842f, -0.00010734235f,
        1.846835e-5f, 2.121289e-5f, 6.9204707e-6f, 1.3173593e-6f, 1.6702795e-7f, 1.4877582e-8f, 9.575607e-10f, 4.530691e-11f,
    ];

    /// <inheritdoc/>
    public static void Run(float* x, float* y, int length) => Run(x, null, y, null, length);

    /// <summary>y = gelu(x + bias) of one row, and f'(x + bias).</summary>
    /// <param name="x">The row.</param>
    /// <param name="bias">As many values; null for none.</param>
    /// <param name="y">May be x.</param>
    /// <param name="slope">Null where it is not wanted.</param>
    /// <param name="length">Values of the row.</param>
    public static void Run(float* x, float* bias, float* y, float* slope, int length)
    {
        int i = 0;
        if (Avx512F.IsSupported)
        {
            for (; i + Nodes <= length; i += Nodes)
            {
                Vector512<float> z = Vector512.Load(x + i);
                if (bias != null) z += Vector512.Load(bias + i);
                (Vector512<float> value, Vector512<float> derivative) = At(z);
                value.Store(y + i);
                if (slope != null) derivative.Store(slope + i);
            }
        }

        int lanes = Vector<float>.Count;
        for (; i < length; i += lanes)
        {
            int count = Math.Min(lanes, length - i);
            bool whole = count == lanes;
            Vector<float> z = whole ? Vector.Load(x + i) : VectorMath.LoadFirst(x + i, count);
            if (bias != null) z += whole ? Vector.Load(bias + i) : VectorMath.LoadFirst(bias + i, count);
            (Vector<float> value, Vector<float> derivative) = At(z);
            Put(value, y + i, count);
            if (slope != null) Put(derivative, slope + i, count);
        }
    }

    /// <inheritdoc/>
    public static void Backward(float* x, float* g, float* dx, int length)
    {
        int i = 0;
        if (Avx512F.IsSupported)
        {
            for (; i + Nodes <= length; i += Nodes) (Vector512.Load(g + i) * At(Vector512.Load(x + i)).Slope).Store(dx + i);
        }

        int lanes = Vector<float>.Count;
        for (; i < length; i += lanes)
        {
            int count = Math.Min(lanes, length - i);
            bool whole = count == lanes;
            Vector<float> z = whole ? Vector.Load(x + i) : VectorMath.LoadFirst(x + i, count), cotangent = whole ? Vector.Load(g + i) : VectorMath.LoadFirst(g + i, count);
            Put(cotangent * At(z).Slope, dx + i, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float> Value, Vector512<float> Slope) At(Vector512<float> x)
    {
        // The processor's min gives its second operand where one is NaN.
        Vector512<float> size = Vector512.MinNative(Vector512.Create(Last), Vector512.Abs(x)), shifted = size + Vector512.Create(Rounding);
        Vector512<float> r = size - (shifted - Vector512.Create(Rounding)), h = Pick(7), slope = h;
        h = VectorMath.Fma(h, r, Pick(6));
        slope = VectorMath.Fma(slope, r, h);
        h = VectorMath.Fma(h, r, Pick(5));
        slope = VectorMath.Fma(slope, r, h);
        h = VectorMath.Fma(h, r, Pick(4));
        slope = VectorMath.Fma(slope, r, h);
        h = VectorMath.Fma(h, r, Pick(3));
        slope = VectorMath.Fma(slope, r, h);
        h = VectorMath.Fma(h, r, Pick(2));
        slope = VectorMath.Fma(slope, r, h);
        h = VectorMath.Fma(h, r, Pick(1));
        slope = VectorMath.Fma(slope, r, h);
        h = VectorMath.Fma(h, r, Pick(0));

        Vector512<float> signed = Vector512.ConditionalSelect(Vector512.LessThan(x, default), -slope, Vector512<float>.One + slope);
        return (Vector512.MaxNative(default, x) + h, signed);

        Vector512<float> Pick(int power) => Avx512F.PermuteVar16x32(Vector512.Load(s_coefficients + (power * Nodes)), shifted.AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector<float> Value, Vector<float> Slope) At(Vector<float> x)
    {
        Vector<float> size = Vector.MinNative(new Vector<float>(Last), Vector.Abs(x)), shifted = size + new Vector<float>(Rounding);
        Vector<float> r = size - (shifted - new Vector<float>(Rounding)), h = Pick(7, shifted), slope = h;
        h = VectorMath.Fma(h, r, Pick(6, shifted));
        slope = VectorMath.Fma(slope, r, h);
        h = VectorMath.Fma(h, r, Pick(5, shifted));
        slope = VectorMath.Fma(slope, r, h);
        h = VectorMath.Fma(h, r, Pick(4, shifted));
        slope = VectorMath.Fma(slope, r, h);
        h = VectorMath.Fma(h, r, Pick(3, shifted));
        slope = VectorMath.Fma(slope, r, h);
        h = VectorMath.Fma(h, r, Pick(2, shifted));
        slope = VectorMath.Fma(slope, r, h);
        h = VectorMath.Fma(h, r, Pick(1, shifted));
        slope = VectorMath.Fma(slope, r, h);
        h = VectorMath.Fma(h, r, Pick(0, shifted));

        Vector<float> signed = Vector.ConditionalSelect(Vector.LessThan(x, default), -slope, Vector<float>.One + slope);
        return (Vector.MaxNative(default, x) + h, signed);
    }

    /// <summary>The coefficient of a power for the node of every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Pick(int power, Vector<float> shifted)
    {
        float* row = s_coefficients + (power * Nodes);
        Vector<int> node = Vector.AsVectorInt32(shifted) & new Vector<int>(Nodes - 1);
        if (Avx2.IsSupported && Vector<float>.Count == Vector256<float>.Count)
        {
            Vector256<int> index = node.AsVector256();
            Vector256<float> low = Avx2.PermuteVar8x32(Vector256.Load(row), index), high = Avx2.PermuteVar8x32(Vector256.Load(row + Vector256<float>.Count), index);
            return Avx.BlendVariable(low, high, (index << 28).AsSingle()).AsVector();
        }

        Vector<float> picked = default;
        float* lanes = (float*)&picked;
        for (int i = 0; i < Vector<float>.Count; i++) lanes[i] = row[node[i]];
        return picked;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(Vector<float> value, float* y, int count)
    {
        if (count == Vector<float>.Count) value.Store(y);
        else VectorMath.StoreFirst(value, y, count);
    }

    /// <summary>The coefficients where a load of a row of them stays within one cache line.</summary>
    private static float* Place()
    {
        const int Line = 64;
        float* place = (float*)NativeMemory.AlignedAlloc((nuint)(Coefficients.Length * sizeof(float)), Line);
        Coefficients.CopyTo(new Span<float>(place, Coefficients.Length));
        return place;
    }
}
