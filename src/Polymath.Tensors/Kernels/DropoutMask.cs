using System.Numerics;

namespace Polymath.Tensors.Kernels;

/// <summary>
/// y = x / (1 - rate) where the element's draw is at least the rate, else 0. Element i of each task takes word <c>Position + i</c> of the
/// stream: what drawing one after the other gives, in any order and again in the backward, so no mask is kept.
/// </summary>
internal unsafe struct DropoutMask : IBody
{
    private const int Grain = 8 * Philox.Run;

    public ulong Key, Position;
    public float Rate;

    /// <summary>Both <c>[Tasks, Length]</c>, with one mask for all tasks; they may be the same.</summary>
    public float* X, Y;

    public nint Length;
    public int Tasks;

    /// <summary>Fills all of <see cref="Y"/>.</summary>
    public void Run()
    {
        if (Length > 0) Workers.For((int)(((Length - 1) / Grain) + 1), ref this);
    }

    /// <inheritdoc/>
    public readonly void Run(int chunk)
    {
        uint* words = stackalloc uint[Philox.Run];
        nint end = Math.Min(Length, ((nint)chunk + 1) * Grain);
        for (nint start = (nint)chunk * Grain; start < end; start += Philox.Run)
        {
            int count = (int)Math.Min(Philox.Run, end - start);
            Philox.Words(Key, Position + (ulong)start, words, count);
            for (int task = 0; task < Tasks; task++) Apply(words, X + (task * Length) + start, Y + (task * Length) + start, count);
        }
    }

    private readonly void Apply(uint* words, float* x, float* y, int count)
    {
        int lanes = Vector<float>.Count, i = 0;
        float kept = 1f / (1f - Rate);
        Vector<float> rate = new(Rate), unit = new(RandomStream.Unit);
        for (; i + lanes <= count; i += lanes)
        {
            Vector<float> draw = Vector.ConvertToSingle(Vector.AsVectorInt32(Vector.ShiftRightLogical(Vector.Load(words + i), RandomStream.UnusedBits))) * unit;
            Vector.ConditionalSelect(Vector.LessThan(draw, rate), Vector<float>.Zero, Vector.Load(x + i) * kept).Store(y + i);
        }

        for (; i < count; i++) y[i] = RandomStream.ToSingle(words[i]) < Rate ? 0f : x[i] * kept;
    }
}
