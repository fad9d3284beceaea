using System.Numerics;
using System.Runtime.InteropServices;

namespace Polymath.Benchmarks.Comparison;

/// <summary>
/// A loop of STREAM (McCalpin 1995) over arrays that no cache holds. Bytes are counted as there: what the source text reads and writes,
/// without the lines that a store fetches first.
/// </summary>
internal sealed unsafe class MemoryLoopWorkload : Workload
{
    /// <summary>Floats of every array: 128 MiB.</summary>
    public const int Length = 32 << 20;

    private const int Alignment = 64, Block = 1024;
    private static readonly int s_width = Vector<float>.Count;
    private readonly float* _a = Allocate(), _b = Allocate(), _c = Allocate();
    private readonly ThreadCrew _crew;
    private readonly Action<int, int> _loop;

    public MemoryLoopWorkload(MemoryLoop loop, int threads)
    {
        _crew = new ThreadCrew(threads);
        _loop = loop switch { MemoryLoop.Read => Read, MemoryLoop.Copy => Copy, _ => Triad };
    }

    /// <summary>Bytes that a loop moves.</summary>
    public static double BytesOf(MemoryLoop loop) => (double)loop * Length * sizeof(float);

    public override void Run() => _crew.Run(_loop);

    public override void Dispose()
    {
        _crew.Dispose();
        NativeMemory.AlignedFree(_a);
        NativeMemory.AlignedFree(_b);
        NativeMemory.AlignedFree(_c);
    }

    private void Read(int part, int parts)
    {
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (int i = First(part, parts); i < First(part + 1, parts); i += 4 * s_width)
        {
            s0 += Vector.Load(_a + i);
            s1 += Vector.Load(_a + i + s_width);
            s2 += Vector.Load(_a + i + (2 * s_width));
            s3 += Vector.Load(_a + i + (3 * s_width));
        }

        // Stored, so that the sums cannot be left out.
        _c[part * Block] = Vector.Sum(s0 + s1 + s2 + s3);
    }

    /// <summary>c = a.</summary>
    private void Copy(int part, int parts)
    {
        for (int i = First(part, parts); i < First(part + 1, parts); i += 2 * s_width)
        {
            Vector.Load(_a + i).Store(_c + i);
            Vector.Load(_a + i + s_width).Store(_c + i + s_width);
        }
    }

    /// <summary>c = a + 3 b.</summary>
    private void Triad(int part, int parts)
    {
        var scale = new Vector<float>(3f);
        for (int i = First(part, parts); i < First(part + 1, parts); i += 2 * s_width)
        {
            (Vector.Load(_a + i) + (scale * Vector.Load(_b + i))).Store(_c + i);
            (Vector.Load(_a + i + s_width) + (scale * Vector.Load(_b + i + s_width))).Store(_c + i + s_width);
        }
    }

    private static int First(int part, int parts) => (int)((long)(Length / Block) * part / parts) * Block;

    private static float* Allocate()
    {
        float* values = (float*)NativeMemory.AlignedAlloc((nuint)Length * sizeof(float), Alignment);
        new Span<float>(values, Length).Fill(1f);
        return values;
    }
}
