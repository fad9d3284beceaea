using System.Numerics;

namespace Polymath.Tensors;

/// <summary>
/// Free buffers by size class (four classes an octave, so at most a quarter is wasted). Tapes take from it and give back, so a
/// warmed-up step asks the garbage collector for nothing.
/// </summary>
public static class BufferPool
{
    private const int SmallestClass = 64;
    private static readonly Lock s_gate = new();
    private static readonly Dictionary<int, Stack<Buffer>> s_free = [];
    private static long s_inUse, s_held, s_highWater;

    /// <summary>Bytes lent to tapes right now.</summary>
    public static long BytesInUse => Interlocked.Read(ref s_inUse);

    /// <summary>Bytes kept ready for reuse.</summary>
    public static long BytesHeld => Interlocked.Read(ref s_held);

    /// <summary>The most that was lent at once, ever or since <see cref="ResetHighWaterMark"/>.</summary>
    public static long HighWaterMark => Interlocked.Read(ref s_highWater);

    /// <summary>Starts <see cref="HighWaterMark"/> over from what is lent now.</summary>
    public static void ResetHighWaterMark()
    {
        lock (s_gate) s_highWater = s_inUse;
    }

    /// <summary>Gives all free buffers back to the garbage collector.</summary>
    public static void Trim()
    {
        lock (s_gate)
        {
            s_free.Clear();
            s_held = 0;
        }
    }

    internal static Buffer Rent(int length)
    {
        int capacity = SizeClass(length);
        long bytes = capacity * (long)sizeof(float);
        lock (s_gate)
        {
            s_inUse += bytes;
            s_highWater = Math.Max(s_highWater, s_inUse);
            if (s_free.TryGetValue(capacity, out Stack<Buffer>? stack) && stack.TryPop(out Buffer? buffer))
            {
                s_held -= bytes;
                return buffer;
            }
        }

        return new Buffer(capacity, isPooled: true);
    }

    internal static void Return(Buffer buffer)
    {
        long bytes = buffer.Capacity * (long)sizeof(float);
        lock (s_gate)
        {
            s_inUse -= bytes;
            s_held += bytes;
            if (!s_free.TryGetValue(buffer.Capacity, out Stack<Buffer>? stack)) s_free[buffer.Capacity] = stack = new Stack<Buffer>();
            stack.Push(buffer);
        }
    }

    /// <summary>Rounds up to 1, 1.25, 1.5 or 1.75 times a power of two.</summary>
    internal static int SizeClass(int length)
    {
        if (length <= SmallestClass) return SmallestClass;
        int step = 1 << Math.Max(0, BitOperations.Log2((uint)(length - 1)) - 2);
        return (int)Math.Min(((long)length + step - 1) / step * step, Array.MaxLength - 64);
    }
}
