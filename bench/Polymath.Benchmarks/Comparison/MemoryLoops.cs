using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Polymath.Benchmarks.Comparison;

/// <summary>
/// The loops of STREAM (McCalpin 1995) over arrays that no cache holds. Bytes are counted as there: what the source text reads and
/// writes, without the lines that a store fetches first.
/// </summary>
internal sealed unsafe class MemoryLoops : IDisposable
{
    /// <summary>Floats of every array: 128 MiB.</summary>
    public const int Length = 32 << 20;

    private const int Alignment = 64;
    private readonly float* _a = Allocate(), _b = Allocate(), _c = Allocate();

    /// <summary>Sums part of an array; returns a value so that it cannot be left out.</summary>
    public float Read(int part, int parts)
    {
        (int first, int last) = Range(part, parts);
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (int i = first; i < last; i += 4 * Vector<float>.Count)
        {
            s0 += Vector.Load(_a + i);
            s1 += Vector.Load(_a + i + Vector<float>.Count);
            s2 += Vector.Load(_a + i + (2 * Vector<float>.Count));
            s3 += Vector.Load(_a + i + (3 * Vector<float>.Count));
        }

        return Vector.Sum(s0 + s1 + s2 + s3);
    }

    /// <summary>c = a over part of the arrays.</summary>
    public void Copy(int part, int parts)
    {
        (int first, int last) = Range(part, parts);
        for (int i = first; i < last; i += 2 * Vector<float>.Count)
        {
            Vector.Load(_a + i).Store(_c + i);
            Vector.Load(_a + i + Vector<float>.Count).Store(_c + i + Vector<float>.Count);
        }
    }

    /// <summary>c = a + 3 b over part of the arrays.</summary>
    public void Triad(int part, int parts)
    {
        (int first, int last) = Range(part, parts);
        Vector<float> scale = new(3f);
        for (int i = first; i < last; i += 2 * Vector<float>.Count)
        {
            (Vector.Load(_a + i) + (scale * Vector.Load(_b + i))).Store(_c + i);
            (Vector.Load(_a + i + Vector<float>.Count) + (scale * Vector.Load(_b + i + Vector<float>.Count))).Store(_c + i + Vector<float>.Count);
        }
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_a);
        NativeMemory.AlignedFree(_b);
        NativeMemory.AlignedFree(_c);
    }

    private static float* Allocate()
    {
        float* values = (float*)NativeMemory.AlignedAlloc((nuint)Length * sizeof(float), Alignment);
        new Span<float>(values, Length).Fill(1f);
        return values;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (int First, int Last) Range(int part, int parts)
    {
        const int Block = 1024;
        return ((int)((long)(Length / Block) * part / parts) * Block, (int)((long)(Length / Block) * (part + 1) / parts) * Block);
    }
}
