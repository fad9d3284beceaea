using System.Runtime.CompilerServices;

namespace Polymath.Tensors.Kernels;

/// <summary>
/// Per-thread working memory that kernels reuse from call to call: pinned, 64-byte aligned, grown and never shrunk, so a
/// warmed-up kernel allocates nothing. The slots are separate buffers, so a caller may hold one of each.
/// </summary>
internal static unsafe class Scratch
{
    private const int Alignment = 64;

    [ThreadStatic]
    private static byte[]?[]? _buffers;

    /// <summary>The purposes that may be in use at the same time on one thread.</summary>
    internal enum Slot
    {
        /// <summary>Packed panels of the left GEMM operand.</summary>
        Left,

        /// <summary>Packed panels of the right GEMM operand.</summary>
        Right,

        /// <summary>A strided vector made contiguous.</summary>
        Vector,

        /// <summary>Partial results of a blocked reduction.</summary>
        Partial,

        /// <summary>Unfolded image patches of a convolution.</summary>
        Patches,

        /// <summary>Tiles of an attention.</summary>
        Attention,
    }

    /// <summary>At least <paramref name="length"/> elements of uninitialised memory, valid on this thread until the next call for the slot.</summary>
    public static T* Get<T>(Slot slot, nint length)
        where T : unmanaged
    {
        byte[]?[] buffers = _buffers ??= new byte[]?[(int)Slot.Attention + 1];
        nint bytes = (length * sizeof(T)) + Alignment;
        byte[]? buffer = buffers[(int)slot];
        if (buffer is null || buffer.Length < bytes)
        {
            nint rounded = Math.Max(bytes, Math.Min(bytes + (bytes / 2), Array.MaxLength));
            buffers[(int)slot] = buffer = GC.AllocateUninitializedArray<byte>(checked((int)rounded), pinned: true);
        }

        byte* start = (byte*)Unsafe.AsPointer(ref buffer[0]);
        return (T*)(((nuint)start + (Alignment - 1)) & ~(nuint)(Alignment - 1));
    }
}
