namespace Polymath.Tensors.Kernels;

/// <summary>
/// The innermost step of the packed matrix product: a tile of C held in registers while k runs. Panels are packed so that
/// step p reads <see cref="TileRows"/> values of A and <see cref="TileColumns"/> values of B, both contiguous.
/// </summary>
internal unsafe interface IMicroKernel
{
    /// <summary>Rows of the tile.</summary>
    static abstract int TileRows { get; }

    /// <summary>Columns of the tile.</summary>
    static abstract int TileColumns { get; }

    /// <summary>C tile = (or +=) sum over p of a[p] b[p]^T; always the full tile.</summary>
    static abstract void Multiply(int k, float* a, float* b, float* c, nint ldc, bool accumulate);
}
