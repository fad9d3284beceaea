namespace Polymath.Tensors.Kernels;

/// <summary>
/// The innermost step of a matrix product: a tile of C of <see cref="Rows"/> rows and one to three vectors stays in registers while k
/// runs. Strides say where the operands lie, so the same code reads packed panels and matrices where they are.
/// </summary>
internal unsafe interface IMicroKernel
{
    /// <summary>Most vectors of a tile's row.</summary>
    const int MostVectors = 3;

    /// <summary>Rows of the tile.</summary>
    static abstract int Rows { get; }

    /// <summary>Floats of one vector.</summary>
    static abstract int Lanes { get; }

    /// <summary>
    /// C tile = (or +=) sum over p of a_p b_p^T, always the full tile: element (r, p) of A is at a[r * rowStride + p * stepStride], step p of
    /// B is <paramref name="vectors"/> vectors at b + p * stepStrideB.
    /// </summary>
    static abstract void Multiply(int vectors, int k, float* a, nint rowStride, nint stepStride, float* b, nint stepStrideB, float* c, nint ldc, bool accumulate);
}
