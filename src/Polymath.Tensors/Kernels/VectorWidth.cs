namespace Polymath.Tensors.Kernels;

/// <summary>The vector registers that the packed matrix product uses, in bits.</summary>
internal enum VectorWidth
{
    /// <summary>No vector instructions.</summary>
    Scalar = 0,

    /// <summary>SSE or Arm64 AdvSimd.</summary>
    Vector128 = 128,

    /// <summary>AVX2 with FMA.</summary>
    Vector256 = 256,

    /// <summary>AVX-512.</summary>
    Vector512 = 512,
}
