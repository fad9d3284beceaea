using System.Numerics;
using System.Runtime.Intrinsics;

namespace Polymath.Tensors.Kernels;

/// <summary>Single-precision matrix products, row-major, any transposition: the engine's one hot loop.</summary>
internal static unsafe class Gemm
{
    private const long SkinnyWork = 256 * 1024, BatchItemWork = 4 * 1024 * 1024, BatchChunkWork = 256 * 1024;
    private const int SkinnyRows = 8, SkinnyColumns = 16, DotRows = 5, DotColumns = 9;

    /// <summary>The widest vectors this processor has.</summary>
    public static VectorWidth Widest { get; } =
        Vector512.IsHardwareAccelerated ? VectorWidth.Vector512 :
        Vector256.IsHardwareAccelerated ? VectorWidth.Vector256 :
        Vector128.IsHardwareAccelerated ? VectorWidth.Vector128 : VectorWidth.Scalar;

    /// <summary>
    /// C[m,n] (+)= op(A)[m,k] op(B)[k,n]. A is stored [m,k] with row stride <paramref name="lda"/>, or [k,m] when
    /// transposed; B is stored [k,n], or [n,k] when transposed. An empty k gives zeros (or leaves C when accumulating).
    /// </summary>
    public static void Multiply(bool transposeA, bool transposeB, int m, int n, int k, float* a, int lda, float* b, int ldb, float* c, int ldc, bool accumulate)
        => Multiply(transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc, accumulate, default);

    /// <summary>The same, then <paramref name="epilogue"/> on every finished block.</summary>
    public static void Multiply(
        bool transposeA, bool transposeB, int m, int n, int k, float* a, int lda, float* b, int ldb, float* c, int ldc, bool accumulate, GemmEpilogue epilogue)
    {
        if (m == 0 || n == 0) return;
        if (k > 0 && m > 1 && n > 1 && !IsSkinny(transposeA, transposeB, m, n, k))
        {
            MultiplyBlocked(Widest, Problem(transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc, accumulate) with { Epilogue = epilogue });
            return;
        }

        if (k == 0 && !accumulate) Clear(m, n, c, ldc);
        if (k > 0) MultiplySmall(transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc, accumulate);
        if (!epilogue.IsEmpty) epilogue.Apply(c, ldc, m, 0, n);
    }

    /// <summary>The blocked product with a chosen vector width; all sizes are positive.</summary>
    public static void MultiplyBlocked(VectorWidth width, in GemmProblem problem)
    {
        switch (width)
        {
            case VectorWidth.Vector512: GemmBlocked<MicroKernel512>.Multiply(problem); break;
            case VectorWidth.Vector256: GemmBlocked<MicroKernel256>.Multiply(problem); break;
            case VectorWidth.Vector128: GemmBlocked<MicroKernel128>.Multiply(problem); break;
            default: GemmBlocked<MicroKernelScalar>.Multiply(problem); break;
        }
    }

    /// <summary>One product as a problem.</summary>
    public static GemmProblem Problem(bool transposeA, bool transposeB, int m, int n, int k, float* a, int lda, float* b, int ldb, float* c, int ldc, bool accumulate) => new()
    {
        Items = 1,
        M = m,
        N = n,
        K = k,
        A = a,
        RowStrideA = transposeA ? 1 : lda,
        StepStrideA = transposeA ? lda : 1,
        B = b,
        ColumnStrideB = transposeB ? ldb : 1,
        StepStrideB = transposeB ? 1 : ldb,
        C = c,
        Ldc = ldc,
        Accumulate = accumulate,
    };

    /// <summary>
    /// The same product for <paramref name="batch"/> operands at fixed strides. Stride 0 shares A or B; stride 0 on C sums
    /// the products of the whole batch into one matrix, in batch order.
    /// </summary>
    public static void MultiplyBatched(
        bool transposeA, bool transposeB, int m, int n, int k, float* a, int lda, float* b, int ldb, float* c, int ldc, bool accumulate, int batch, nint strideA, nint strideB, nint strideC)
    {
        if (batch == 0)
        {
            if (strideC == 0 && !accumulate) Clear(m, n, c, ldc);
            return;
        }

        bool stacked = strideB == 0 && !transposeA && strideA == (nint)m * lda && strideC == (nint)m * ldc && (long)m * batch <= int.MaxValue;
        if (batch == 1 || stacked)
        {
            Multiply(transposeA, transposeB, m * batch, n, k, a, lda, b, ldb, c, ldc, accumulate);
            return;
        }

        long work = Math.Max(1, (long)m * n * Math.Max(k, 1));
        if (strideB == 0 && strideC != 0 && m > 1 && n > 1 && k > 0 && !IsSkinny(transposeA, transposeB, m, n, k))
        {
            // One right operand: it is packed once, and the items share the threads.
            MultiplyBlocked(Widest, Problem(transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc, accumulate) with { Items = batch, ItemStrideA = strideA, ItemStrideC = strideC });
            return;
        }

        if (strideC == 0 || work >= BatchItemWork)
        {
            for (int i = 0; i < batch; i++)
                Multiply(transposeA, transposeB, m, n, k, a + (i * strideA), lda, b + (i * strideB), ldb, c + (i * strideC), ldc, accumulate || (strideC == 0 && i > 0));
            return;
        }

        int block = (int)Math.Clamp(BatchChunkWork / work, 1, batch);
        var body = new BatchBody
        {
            TransposeA = transposeA,
            TransposeB = transposeB,
            Accumulate = accumulate,
            M = m,
            N = n,
            K = k,
            A = a,
            B = b,
            C = c,
            Lda = lda,
            Ldb = ldb,
            Ldc = ldc,
            StrideA = strideA,
            StrideB = strideB,
            StrideC = strideC,
            Batch = batch,
            Block = block,
        };
        Workers.For((batch + block - 1) / block, ref body);
    }

    /// <summary>Small, and too narrow to fill a tile: the shapes that <see cref="GemmDirect"/> is for.</summary>
    private static bool IsSkinny(bool transposeA, bool transposeB, int m, int n, int k)
    {
        if ((long)m * n * k > SkinnyWork) return false;
        if (transposeB) return !transposeA && (m < DotRows || n < DotColumns);
        return (m < SkinnyRows || n < SkinnyColumns) && (n >= Vector<float>.Count || k < Vector<float>.Count);
    }

    private static void MultiplySmall(bool transposeA, bool transposeB, int m, int n, int k, float* a, int lda, float* b, int ldb, float* c, int ldc, bool accumulate)
    {
        if (n == 1)
        {
            float* x = Contiguous(b, transposeB ? 1 : ldb, k);
            if (transposeA) MatrixVector.MultiplyTransposed(k, m, a, lda, x, c, ldc, accumulate);
            else MatrixVector.Multiply(m, k, a, lda, x, c, ldc, accumulate);
        }
        else if (m == 1)
        {
            float* x = Contiguous(a, transposeA ? lda : 1, k);
            if (transposeB) MatrixVector.Multiply(n, k, b, ldb, x, c, 1, accumulate);
            else MatrixVector.MultiplyTransposed(k, n, b, ldb, x, c, 1, accumulate);
        }
        else if (transposeB) GemmDirect.MultiplyDots(m, n, k, a, lda, b, ldb, c, ldc, accumulate);
        else GemmDirect.MultiplyRows(m, n, k, a, transposeA ? 1 : lda, transposeA ? lda : 1, b, ldb, c, ldc, accumulate);
    }

    private static void Clear(int m, int n, float* c, nint ldc)
    {
        for (int i = 0; i < m; i++) new Span<float>(c + (i * ldc), n).Clear();
    }

    private static float* Contiguous(float* x, nint stride, int length)
    {
        if (stride == 1) return x;
        float* copy = Scratch.Get<float>(Scratch.Slot.Vector, length);
        for (int i = 0; i < length; i++) copy[i] = x[i * stride];
        return copy;
    }

    private struct BatchBody : IBody
    {
        public bool TransposeA, TransposeB, Accumulate;
        public int M, N, K, Lda, Ldb, Ldc, Batch, Block;
        public nint StrideA, StrideB, StrideC;
        public float* A, B, C;

        public readonly void Run(int chunk)
        {
            int last = Math.Min(Batch, (chunk + 1) * Block);
            for (int i = chunk * Block; i < last; i++)
                Multiply(TransposeA, TransposeB, M, N, K, A + (i * StrideA), Lda, B + (i * StrideB), Ldb, C + (i * StrideC), Ldc, Accumulate);
        }
    }
}
