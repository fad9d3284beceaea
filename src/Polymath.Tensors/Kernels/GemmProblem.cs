namespace Polymath.Tensors.Kernels;

/// <summary>
/// C_i (+)= A_i B for <see cref="Items"/> left operands and one right operand: the K cotangents of a layer against its one input.
/// Element (r, p) of A_i is at A[i * ItemStrideA + r * RowStrideA + p * StepStrideA], element (p, j) of B at
/// B[j * ColumnStrideB + p * StepStrideB], row r of C_i at C + i * ItemStrideC + r * Ldc.
/// </summary>
internal unsafe struct GemmProblem
{
    public int Items, M, N, K;
    public float* A, B, C;
    public nint ItemStrideA, RowStrideA, StepStrideA, ColumnStrideB, StepStrideB, ItemStrideC, Ldc;
    public bool Accumulate;
    public GemmEpilogue Epilogue;

    /// <summary>Multiplications in all.</summary>
    public readonly long Work => (long)Items * M * N * K;
}
