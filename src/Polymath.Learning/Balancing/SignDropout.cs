using System.Numerics;
using Polymath.Tensors.Kernels;

namespace Polymath.Learning.Balancing;

/// <summary>
/// The kernel of <see cref="GradDrop"/>: per feature, draws the sign that survives and sums what agrees with it. A strip of features at a
/// time, which several threads share out; sums over the batch in double precision, in the order of its rows.
/// </summary>
internal unsafe struct SignDropout : IBody
{
    private const int Strip = 64, Grain = 32 * 1024;

    /// <summary>[K] rows of [batch, features], <see cref="Stride"/> apart.</summary>
    public float* Gradients;

    /// <summary>[batch, features] whose signs the gradients are multiplied by before they are compared; null for none.</summary>
    public float* Values;

    /// <summary>[features] draws from [0, 1).</summary>
    public float* Uniform;

    /// <summary>[K] share that a dropped gradient keeps.</summary>
    public float* Leak;

    /// <summary>[batch, features] the result.</summary>
    public float* Output;

    public nint Stride;
    public int Tasks, Batch, Features;

    /// <summary>Added to the sum of magnitudes.</summary>
    public float Smoothing;

    private int _block;

    /// <summary>Fills <see cref="Output"/>.</summary>
    public void Run()
    {
        if (Features == 0 || Batch == 0) return;
        _block = Math.Max(1, Grain / (Strip * Batch)) * Strip;
        Workers.For(1 + ((Features - 1) / _block), ref this);
    }

    /// <inheritdoc/>
    public readonly void Run(int chunk)
    {
        int length = Tasks * Strip, first = chunk * _block, end = Math.Min(Features, first + _block);
        Span<float> scratch = length <= 8192 ? stackalloc float[length] : new float[length];
        double* sums = stackalloc double[Strip];
        float* draws = stackalloc float[Strip];
        fixed (float* factors = scratch)
        {
            for (int start = first; start < end; start += Strip)
            {
                int width = Math.Min(Strip, end - start);
                for (int k = 0; k < Tasks; k++) SumOverBatch(k, start, width, sums, factors + (k * Strip));
                new Span<float>(draws, Strip).Clear();
                new ReadOnlySpan<float>(Uniform + start, width).CopyTo(new Span<float>(draws, Strip));
                Choose(draws, factors);
                for (int b = 0; b < Batch; b++) Mix(((nint)b * Features) + start, width, factors);
            }
        }
    }

    // s_k = sum over the batch of g_k sign(value).
    private readonly void SumOverBatch(int task, int start, int width, double* sums, float* target)
    {
        new Span<double>(sums, Strip).Clear();
        int lanes = Vector<float>.Count, half = Vector<double>.Count;
        for (int b = 0; b < Batch; b++)
        {
            nint at = ((nint)b * Features) + start;
            float* gradient = Gradients + (task * Stride) + at, value = Values is null ? null : Values + at;
            int j = 0;
            for (; j + lanes <= width; j += lanes)
            {
                Vector<float> signed = Vector.Load(gradient + j);
                if (value is not null)
                {
                    Vector<float> x = Vector.Load(value + j);
                    signed = Vector.ConditionalSelect(Vector.GreaterThan(x, default), signed, Vector.ConditionalSelect(Vector.LessThan(x, default), -signed, Vector<float>.Zero));
                }

                Vector.Widen(signed, out Vector<double> low, out Vector<double> high);
                (Vector.Load(sums + j) + low).Store(sums + j);
                (Vector.Load(sums + j + half) + high).Store(sums + j + half);
            }

            for (; j < width; j++) sums[j] += value is null || value[j] > 0 ? gradient[j] : value[j] < 0 ? -gradient[j] : 0;
        }

        for (int j = 0; j < Strip; j++) target[j] = (float)sums[j];
    }

    // P = 1/2 (1 + sum s / (sum |s| + e)); what has the sign that P > U chooses is kept whole, the rest leaks. In place: s becomes the factor.
    private readonly void Choose(float* draws, float* factors)
    {
        int lanes = Vector<float>.Count;
        for (int j = 0; j < Strip; j += lanes)
        {
            Vector<float> total = default, mass = new(Smoothing);
            for (int k = 0; k < Tasks; k++)
            {
                Vector<float> sum = Vector.Load(factors + (k * Strip) + j);
                total += sum;
                mass += Vector.Abs(sum);
            }

            Vector<float> purity = (Vector<float>.One + (total / mass)) * 0.5f, draw = Vector.Load(draws + j);
            Vector<int> up = Vector.GreaterThan(purity, draw), down = Vector.LessThan(purity, draw);
            for (int k = 0; k < Tasks; k++)
            {
                Vector<float> sum = Vector.Load(factors + (k * Strip) + j);
                Vector<int> kept = (up & Vector.GreaterThan(sum, default)) | (down & Vector.LessThan(sum, default));
                Vector.ConditionalSelect(kept, Vector<float>.One, new Vector<float>(Leak[k])).Store(factors + (k * Strip) + j);
            }
        }
    }

    private readonly void Mix(nint at, int width, float* factors)
    {
        int lanes = Vector<float>.Count, j = 0;
        for (; j + lanes <= width; j += lanes)
        {
            Vector<float> sum = default;
            for (int k = 0; k < Tasks; k++) sum += Vector.Load(Gradients + (k * Stride) + at + j) * Vector.Load(factors + (k * Strip) + j);
            sum.Store(Output + at + j);
        }

        for (; j < width; j++)
        {
            float sum = 0;
            for (int k = 0; k < Tasks; k++) sum += Gradients[(k * Stride) + at + j] * factors[(k * Strip) + j];
            Output[at + j] = sum;
        }
    }
}
