using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Polymath.Tensors;

/// <summary>
/// A pinned, 64-byte aligned block of floats. Managed memory, so a forgotten tensor is a garbage-collected tensor; pinned, so
/// kernels may hold raw pointers into it.
/// </summary>
internal sealed unsafe class Buffer
{
    private const int Alignment = 64;
    private readonly float[] _array;

    public Buffer(int capacity)
    {
        Capacity = capacity;
        _array = GC.AllocateUninitializedArray<float>(capacity + (Alignment / sizeof(float)), pinned: true);
        nuint address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_array));
        Pointer = (float*)((address + (Alignment - 1)) & ~(nuint)(Alignment - 1));
    }

    /// <summary>The first aligned float.</summary>
    public float* Pointer { get; }

    /// <summary>Usable floats from <see cref="Pointer"/>.</summary>
    public int Capacity { get; }

    /// <summary>How many nodes of a tape look at this buffer; at zero it goes back to the pool.</summary>
    public int References { get; set; }
}
