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
    private int _references;

    /// <param name="capacity">Usable floats.</param>
    /// <param name="isPooled">Whether it goes back to the pool when nothing looks at it any more; otherwise it belongs to whoever made it.</param>
    public Buffer(int capacity, bool isPooled)
    {
        (Capacity, IsPooled) = (capacity, isPooled);
        _array = GC.AllocateUninitializedArray<float>(capacity + (Alignment / sizeof(float)), pinned: true);
        nuint address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_array));
        Pointer = (float*)((address + (Alignment - 1)) & ~(nuint)(Alignment - 1));
    }

    /// <summary>The first aligned float.</summary>
    public float* Pointer { get; }

    /// <summary>Usable floats from <see cref="Pointer"/>.</summary>
    public int Capacity { get; }

    /// <summary>Whether the pool lent it. Tapes of several threads may look at one that is not at the same time: its count means nothing.</summary>
    public bool IsPooled { get; }

    /// <summary>True when a single node looks at it and it may be overwritten.</summary>
    public bool IsSole => IsPooled && _references == 1;

    /// <summary>Another node looks at it.</summary>
    public void Hold() => _references++;

    /// <summary>A node looks at it no longer; after the last one it goes back to the pool.</summary>
    public void Release()
    {
        if (--_references == 0 && IsPooled) BufferPool.Return(this);
    }
}
