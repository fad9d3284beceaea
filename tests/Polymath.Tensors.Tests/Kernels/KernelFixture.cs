using System.Runtime.InteropServices;
using Polymath.Tensors;
using Polymath.Tensors.Kernels;

namespace Polymath.Tests;

/// <summary>Kernel tests change the pool size, so they run one after another.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class KernelTests
{
    public const string Name = "Kernels";
}

/// <summary>Aligned memory with guard values behind it: a kernel that writes past its end is caught on disposal.</summary>
internal sealed unsafe class Block : IDisposable
{
    private const int Guard = 32;
    private const float Mark = 12345.678f;

    public Block(int length, int offset = 0)
    {
        Length = length;
        Memory = (float*)NativeMemory.AlignedAlloc((nuint)((length + offset + Guard) * sizeof(float)), 64);
        Data = Memory + offset;
        new Span<float>(Data, length + Guard).Fill(Mark);
    }

    public Block(int length, RandomStream random, float low = -1f, float high = 1f, int offset = 0)
        : this(length, offset) => random.FillUniform(Span, low, high);

    public Block(params float[] values)
        : this(values.Length, 0) => values.CopyTo(Span);

    public int Length { get; }

    public float* Data { get; }

    public Span<float> Span => new(Data, Length);

    private float* Memory { get; }

    public float this[int i] => Span[i];

    public static implicit operator float*(Block block) => block.Data;

    /// <summary>Runs a computation at 1 to 4 threads and checks that the output bits are the same.</summary>
    public static void SameBitsAtAnyThreadCount(Block output, Action compute)
    {
        int before = Workers.Count;
        float[]? expected = null;
        float[] start = output.Span.ToArray();
        try
        {
            for (int threads = 1; threads <= 4; threads++)
            {
                start.CopyTo(output.Span);
                Workers.Configure(threads);
                compute();
                expected ??= output.Span.ToArray();
                Assert.True(MemoryMarshal.AsBytes(output.Span).SequenceEqual(MemoryMarshal.AsBytes<float>(expected)), $"{threads} threads give other bits than 1");
            }
        }
        finally
        {
            Workers.Configure(before);
        }
    }

    public void Dispose()
    {
        bool intact = new Span<float>(Data + Length, Guard).IndexOfAnyExcept(Mark) < 0;
        NativeMemory.AlignedFree(Memory);
        if (!intact) throw new InvalidOperationException("A kernel wrote past the end of its output.");
    }
}
