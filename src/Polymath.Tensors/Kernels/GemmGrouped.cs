namespace Polymath.Tensors.Kernels;

/// <summary>Products of several pairs of matrices of one shape that lie as column slices of wider ones: experts run side by side.</summary>
internal static unsafe class GemmGrouped
{
    private const int RowBlock = 256;

    /// <summary>
    /// C_g (+)= A_g op(B_g) with A_g [rows, k] and C_g [rows, n] column slices of <c>[rows, groups k]</c> and <c>[rows, groups n]</c>; B_g is
    /// [k, n], or [n, k] when transposed.
    /// </summary>
    public static void Rows(bool transposeB, int groups, int rows, int n, int k, float* a, float** b, float* c, bool accumulate)
    {
        if (rows == 0) return;
        var body = new RowsBody { TransposeB = transposeB, Accumulate = accumulate, Groups = groups, RowCount = rows, N = n, K = k, A = a, B = b, C = c };
        Workers.For(groups * (1 + ((rows - 1) / RowBlock)), ref body);
    }

    /// <summary>C_g[t] = G_g[t]^T X_g with G_g [tasks, rows, m] and X_g [rows, n] column slices, C_g [tasks, m, n].</summary>
    public static void Outer(int groups, int tasks, int rows, int m, int n, float* g, float* x, float** c)
    {
        var body = new OuterBody { Groups = groups, RowCount = rows, M = m, N = n, G = g, X = x, C = c };
        Workers.For(groups * tasks, ref body);
    }

    private struct RowsBody : IBody
    {
        public bool TransposeB, Accumulate;
        public int Groups, RowCount, N, K;
        public float* A, C;
        public float** B;

        public readonly void Run(int chunk)
        {
            int group = chunk % Groups, first = chunk / Groups * RowBlock, rows = Math.Min(RowBlock, RowCount - first), lda = Groups * K, ldc = Groups * N;
            Gemm.Multiply(false, TransposeB, rows, N, K, A + ((nint)first * lda) + (group * K), lda, B[group], TransposeB ? K : N, C + ((nint)first * ldc) + (group * N), ldc, Accumulate);
        }
    }

    private struct OuterBody : IBody
    {
        public int Groups, RowCount, M, N;
        public float* G, X;
        public float** C;

        public readonly void Run(int chunk)
        {
            int group = chunk % Groups, task = chunk / Groups, ldg = Groups * M, ldx = Groups * N;
            Gemm.Multiply(true, false, M, N, RowCount, G + ((nint)task * RowCount * ldg) + (group * M), ldg, X + (group * N), ldx, C[group] + ((nint)task * M * N), N, false);
        }
    }
}
