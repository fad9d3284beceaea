namespace Polymath.Tensors.Kernels;

/// <summary>Products of several pairs of matrices of one shape that lie as column slices of wider ones: experts run side by side.</summary>
internal static unsafe class GemmGrouped
{
    private const int RowBlock = 256;

    /// <summary>
    /// C_g = f(A_g op(B_g) + bias_g) with A_g [rows, k] and C_g [rows, n] column slices of <c>[rows, groups k]</c> and <c>[rows, groups n]</c>;
    /// B_g is [k, n], or [n, k] when transposed; null biases are none.
    /// </summary>
    public static void Rows(bool transposeB, int groups, int rows, int n, int k, float* a, float** b, float* c, float** biases = null, Activation activation = Activation.Identity)
    {
        if (rows == 0) return;
        var body = new RowsBody { TransposeB = transposeB, Biases = biases, Activation = activation, Groups = groups, RowCount = rows, N = n, K = k, A = a, B = b, C = c };
        Workers.For(groups * (1 + ((rows - 1) / RowBlock)), ref body);
    }

    /// <summary>C_gt (+)= G_g[t]^T X_g with G_g [tasks, rows, m] and X_g [rows, n] column slices, C_gt [m, n] at <c>targets[g tasks + t]</c>.</summary>
    public static void Outer(int groups, int tasks, int rows, int m, int n, float* g, float* x, Target* targets)
    {
        var body = new OuterBody { Groups = groups, Tasks = tasks, RowCount = rows, M = m, N = n, G = g, X = x, Targets = targets };
        bool accumulates = false;
        for (int i = 0; i < groups * tasks; i++) accumulates |= targets[i].Accumulate;
        if (!accumulates) Workers.For(groups * tasks, ref body);
        else
        {
            // A weight that several groups share is one target more than once: one after the other.
            for (int i = 0; i < groups * tasks; i++) body.Run(i);
        }
    }

    /// <summary>Where a product goes.</summary>
    /// <param name="C">The matrix.</param>
    /// <param name="Accumulate">Whether to add to it.</param>
    internal readonly record struct Target(nint C, bool Accumulate);

    private struct RowsBody : IBody
    {
        public bool TransposeB;
        public Activation Activation;
        public int Groups, RowCount, N, K;
        public float* A, C;
        public float** B, Biases;

        public readonly void Run(int chunk)
        {
            int group = chunk % Groups, first = chunk / Groups * RowBlock, rows = Math.Min(RowBlock, RowCount - first), lda = Groups * K, ldc = Groups * N;
            Gemm.Multiply(false, TransposeB, rows, N, K, A + ((nint)first * lda) + (group * K), lda, B[group], TransposeB ? K : N, C + ((nint)first * ldc) + (group * N), ldc, false, new GemmEpilogue(Biases == null ? null : Biases[group], Activation));
        }
    }

    private struct OuterBody : IBody
    {
        public int Groups, Tasks, RowCount, M, N;
        public float* G, X;
        public Target* Targets;

        public readonly void Run(int chunk)
        {
            int group = chunk / Tasks, task = chunk % Tasks, ldg = Groups * M, ldx = Groups * N;
            Target target = Targets[chunk];
            Gemm.Multiply(true, false, M, N, RowCount, G + ((nint)task * RowCount * ldg) + (group * M), ldg, X + (group * N), ldx, (float*)target.C, N, target.Accumulate);
        }
    }
}
