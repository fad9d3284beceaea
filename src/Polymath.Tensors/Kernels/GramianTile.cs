using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Polymath.Tensors.Kernels;

/// <summary>
/// Inner products of four rows with four rows in double precision, straight from the floats: each row is read once per tile, and the 16 sums
/// stay in 512-bit registers. The arithmetic of doubles, not memory, is the limit from about five rows on.
/// </summary>
internal static unsafe class GramianTile
{
    /// <summary>Rows on each side.</summary>
    public const int Side = 4;

    /// <summary>sums[i * 4 + j] += a_i . b_j over <paramref name="length"/> columns.</summary>
    /// <param name="a">Four rows; a missing one may repeat another.</param>
    /// <param name="b">Four rows.</param>
    /// <param name="length">Columns.</param>
    /// <param name="sums">16 sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float** a, float** b, int length, double* sums)
    {
        float* a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3], b0 = b[0], b1 = b[1], b2 = b[2], b3 = b[3];
        Vector512<double> s00 = default, s01 = default, s02 = default, s03 = default, s10 = default, s11 = default, s12 = default, s13 = default;
        Vector512<double> s20 = default, s21 = default, s22 = default, s23 = default, s30 = default, s31 = default, s32 = default, s33 = default;
        int lanes = Vector512<double>.Count, p = 0;
        for (; p + lanes <= length; p += lanes)
        {
            Vector512<double> y0 = Widen(b0 + p), y1 = Widen(b1 + p), y2 = Widen(b2 + p), y3 = Widen(b3 + p), x = Widen(a0 + p);
            s00 = Vector512.MultiplyAddEstimate(x, y0, s00);
            s01 = Vector512.MultiplyAddEstimate(x, y1, s01);
            s02 = Vector512.MultiplyAddEstimate(x, y2, s02);
            s03 = Vector512.MultiplyAddEstimate(x, y3, s03);
            x = Widen(a1 + p);
            s10 = Vector512.MultiplyAddEstimate(x, y0, s10);
            s11 = Vector512.MultiplyAddEstimate(x, y1, s11);
            s12 = Vector512.MultiplyAddEstimate(x, y2, s12);
            s13 = Vector512.MultiplyAddEstimate(x, y3, s13);
            x = Widen(a2 + p);
            s20 = Vector512.MultiplyAddEstimate(x, y0, s20);
            s21 = Vector512.MultiplyAddEstimate(x, y1, s21);
            s22 = Vector512.MultiplyAddEstimate(x, y2, s22);
            s23 = Vector512.MultiplyAddEstimate(x, y3, s23);
            x = Widen(a3 + p);
            s30 = Vector512.MultiplyAddEstimate(x, y0, s30);
            s31 = Vector512.MultiplyAddEstimate(x, y1, s31);
            s32 = Vector512.MultiplyAddEstimate(x, y2, s32);
            s33 = Vector512.MultiplyAddEstimate(x, y3, s33);
        }

        AddFour(sums, s00, s01, s02, s03);
        AddFour(sums + 4, s10, s11, s12, s13);
        AddFour(sums + 8, s20, s21, s22, s23);
        AddFour(sums + 12, s30, s31, s32, s33);
        AddRest(a, b, p, length, sums);
    }

    /// <summary>The same for four rows with themselves; only sums with j at most i are added to.</summary>
    /// <param name="a">Four rows.</param>
    /// <param name="length">Columns.</param>
    /// <param name="ahead">How far ahead the columns lie that the next call will read: they are fetched while this one computes.</param>
    /// <param name="sums">16 sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddDiagonal(float** a, int length, int ahead, double* sums)
    {
        float* a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3];
        Vector512<double> s00 = default, s10 = default, s11 = default, s20 = default, s21 = default, s22 = default;
        Vector512<double> s30 = default, s31 = default, s32 = default, s33 = default;
        int lanes = Vector512<double>.Count, p = 0;
        for (; p + lanes <= length; p += lanes)
        {
            Vector512<double> x0 = Widen(a0 + p), x1 = Widen(a1 + p), x2 = Widen(a2 + p), x3 = Widen(a3 + p);
            if (System.Runtime.Intrinsics.X86.Sse.IsSupported)
            {
                System.Runtime.Intrinsics.X86.Sse.Prefetch1(a0 + p + ahead);
                System.Runtime.Intrinsics.X86.Sse.Prefetch1(a1 + p + ahead);
                System.Runtime.Intrinsics.X86.Sse.Prefetch1(a2 + p + ahead);
                System.Runtime.Intrinsics.X86.Sse.Prefetch1(a3 + p + ahead);
            }

            s00 = Vector512.MultiplyAddEstimate(x0, x0, s00);
            s10 = Vector512.MultiplyAddEstimate(x1, x0, s10);
            s11 = Vector512.MultiplyAddEstimate(x1, x1, s11);
            s20 = Vector512.MultiplyAddEstimate(x2, x0, s20);
            s21 = Vector512.MultiplyAddEstimate(x2, x1, s21);
            s22 = Vector512.MultiplyAddEstimate(x2, x2, s22);
            s30 = Vector512.MultiplyAddEstimate(x3, x0, s30);
            s31 = Vector512.MultiplyAddEstimate(x3, x1, s31);
            s32 = Vector512.MultiplyAddEstimate(x3, x2, s32);
            s33 = Vector512.MultiplyAddEstimate(x3, x3, s33);
        }

        AddFour(sums, s00, default, default, default);
        AddFour(sums + 4, s10, s11, default, default);
        AddFour(sums + 8, s20, s21, s22, default);
        AddFour(sums + 12, s30, s31, s32, s33);
        AddRest(a, a, p, length, sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Widen(float* x)
    {
        Vector256<float> narrow = Vector256.Load(x);
        return System.Runtime.Intrinsics.X86.Avx512F.IsSupported
            ? System.Runtime.Intrinsics.X86.Avx512F.ConvertToVector512Double(narrow)
            : Vector512.Create(Vector256.WidenLower(narrow), Vector256.WidenUpper(narrow));
    }

    private static void AddFour(double* sums, Vector512<double> s0, Vector512<double> s1, Vector512<double> s2, Vector512<double> s3)
    {
        sums[0] += Vector512.Sum(s0);
        sums[1] += Vector512.Sum(s1);
        sums[2] += Vector512.Sum(s2);
        sums[3] += Vector512.Sum(s3);
    }

    private static void AddRest(float** a, float** b, int first, int length, double* sums)
    {
        for (int i = 0; i < Side; i++)
        {
            for (int j = 0; j < Side; j++)
            {
                for (int p = first; p < length; p++) sums[(i * Side) + j] += (double)a[i][p] * b[j][p];
            }
        }
    }
}
