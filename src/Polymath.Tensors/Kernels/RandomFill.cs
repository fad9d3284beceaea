using System.Numerics;

namespace Polymath.Tensors.Kernels;

/// <summary>Fills memory with draws by their positions: bit for bit what one thread drawing one after the other gives.</summary>
internal unsafe struct RandomFill : IBody
{
    private const int Grain = 8 * Philox.Run, WordsPerNormal = 4;

    public ulong Key, Position;
    public float* Y;
    public int Length;

    /// <summary>Low end and width of uniforms, or mean and deviation of normals.</summary>
    public float Offset, Factor;

    public bool Normal;

    /// <summary>Fills all of <see cref="Y"/>; returns the number of words drawn.</summary>
    public ulong Run()
    {
        if (Length > 0) Workers.For(((Length - 1) / Grain) + 1, ref this);
        return (ulong)Length * (Normal ? (ulong)WordsPerNormal : 1UL);
    }

    /// <inheritdoc/>
    public readonly void Run(int chunk)
    {
        uint* words = stackalloc uint[Philox.Run];
        int each = Normal ? WordsPerNormal : 1, end = (int)Math.Min(Length, (chunk + 1L) * Grain);
        for (int start = chunk * Grain; start < end; start += Philox.Run / each)
        {
            int count = Math.Min(Philox.Run / each, end - start);
            Philox.Words(Key, Position + ((ulong)start * (ulong)each), words, count * each);
            if (Normal) Normals(words, Y + start, count);
            else Uniforms(words, Y + start, count);
        }
    }

    private readonly void Uniforms(uint* words, float* y, int count)
    {
        int lanes = Vector<float>.Count, i = 0;
        Vector<float> unit = new(RandomStream.Unit), offset = new(Offset);
        for (; i + lanes <= count; i += lanes)
        {
            Vector<float> draw = Vector.ConvertToSingle(Vector.AsVectorInt32(Vector.ShiftRightLogical(Vector.Load(words + i), RandomStream.UnusedBits))) * unit;
            (offset + (draw * Factor)).Store(y + i);
        }

        for (; i < count; i++) y[i] = Offset + (RandomStream.ToSingle(words[i]) * Factor);
    }

    private readonly void Normals(uint* words, float* y, int count)
    {
        for (int i = 0; i < count; i++, words += WordsPerNormal)
        {
            double first = RandomStream.ToDouble(words[0], words[1]), second = RandomStream.ToDouble(words[2], words[3]);
            y[i] = Offset + (Factor * (float)RandomStream.Normal(first, second));
        }
    }
}
