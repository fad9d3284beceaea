using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Polymath.Tensors.Kernels;

namespace Polymath.Merging.TaskVectors;

/// <summary>
/// theta_p = theta0_p + sum_v c[v, block(p)] tau_v,p and its adjoint, dL/dc[v, b] = sum over p in b of dL/dtheta_p tau_v,p. Tensors are cut into
/// segments that stay in the cache while the task vectors stream past; the sums are in double precision and in the order of the segments.
/// </summary>
internal sealed class BlockComposition
{
    private const int SegmentLength = 16 * 1024;

    private readonly TaskVectorPool _pool;
    private readonly CoefficientBlocks _blocks;
    private readonly Segment[] _segments;
    private readonly float[] _coefficients;
    private readonly double[] _partial, _sums;

    public BlockComposition(TaskVectorPool pool, CoefficientBlocks blocks)
    {
        (_pool, _blocks) = (pool, blocks);
        var segments = new List<Segment>();
        int flat = 0;
        for (int tensor = 0; tensor < pool.Theta0.Count; tensor++)
        {
            int length = pool.Theta0[tensor].Length;
            for (int start = 0; start < length; start += SegmentLength) segments.Add(new(tensor, start, Math.Min(SegmentLength, length - start), flat + start));
            flat = checked(flat + length);
        }

        _segments = [.. segments];
        _coefficients = new float[Count];
        _partial = new double[_segments.Length * pool.Count * blocks.Parts];
        _sums = new double[Count];
    }

    /// <summary>Number of coefficients: T times the blocks, [vector, block] row-major.</summary>
    public int Count => _pool.Count * _blocks.Names.Length;

    /// <summary>Writes the composed weights.</summary>
    /// <param name="coefficients">As many as <see cref="Count"/>.</param>
    /// <param name="destination">The tensors, in the order of the base.</param>
    public void Compose(ReadOnlySpan<float> coefficients, IWeightTensors destination)
    {
        coefficients.CopyTo(_coefficients);
        var body = new ComposeBody { Owner = this, Destination = destination };
        Workers.For(_segments.Length, ref body);
    }

    /// <summary>The gradient of the coefficients.</summary>
    /// <param name="weights">dL/dtheta, the tensors one after the other.</param>
    /// <param name="gradient">As many as <see cref="Count"/>, overwritten.</param>
    public unsafe void Dots(ReadOnlySpan<float> weights, Span<float> gradient)
    {
        fixed (float* pointer = weights)
        {
            var body = new DotsBody { Owner = this, Gradient = pointer };
            Workers.For(_segments.Length, ref body);
        }

        int parts = _blocks.Parts, blocks = _blocks.Names.Length;
        Array.Clear(_sums);
        for (int s = 0; s < _segments.Length; s++)
        {
            int first = _blocks.First[_segments[s].Tensor];
            if (first < 0) continue;
            for (int v = 0; v < _pool.Count; v++)
            {
                for (int part = 0; part < (_blocks.Maps[_segments[s].Tensor] is null ? 1 : parts); part++) _sums[(v * blocks) + first + part] += _partial[(((s * _pool.Count) + v) * parts) + part];
            }
        }

        for (int i = 0; i < gradient.Length; i++) gradient[i] = (float)_sums[i];
    }

    private void ComposeSegment(in Segment segment, Span<float> theta)
    {
        _pool.Theta0[segment.Tensor].Slice(segment.Start, segment.Length).CopyTo(theta);
        int first = _blocks.First[segment.Tensor], blocks = _blocks.Names.Length;
        if (first < 0) return;
        for (int v = 0; v < _pool.Count; v++)
        {
            ReadOnlySpan<float> tau = _pool.Values(v, segment.Tensor).Slice(segment.Start, segment.Length);
            if (_blocks.Maps[segment.Tensor] is { } map)
            {
                ReadOnlySpan<float> scale = _coefficients.AsSpan((v * blocks) + first, _blocks.Parts);
                ReadOnlySpan<int> part = map.AsSpan(segment.Start, segment.Length);
                for (int i = 0; i < theta.Length; i++) theta[i] += scale[part[i]] * tau[i];
            }
            else if (_coefficients[(v * blocks) + first] is var scale && scale != 0f)
            {
                TensorPrimitives.MultiplyAdd(tau, scale, theta, theta);
            }
        }
    }

    private void DotSegment(int index, ReadOnlySpan<float> gradient)
    {
        Segment segment = _segments[index];
        if (_blocks.First[segment.Tensor] < 0) return;
        for (int v = 0; v < _pool.Count; v++)
        {
            ReadOnlySpan<float> tau = _pool.Values(v, segment.Tensor).Slice(segment.Start, segment.Length);
            Span<double> sums = _partial.AsSpan(((index * _pool.Count) + v) * _blocks.Parts, _blocks.Parts);
            if (_blocks.Maps[segment.Tensor] is { } map)
            {
                sums.Clear();
                ReadOnlySpan<int> part = map.AsSpan(segment.Start, segment.Length);
                for (int i = 0; i < tau.Length; i++) sums[part[i]] += (double)gradient[i] * tau[i];
            }
            else
            {
                sums[0] = Dot(gradient, tau);
            }
        }
    }

    /// <summary>The inner product, sixteen sums side by side: the same on every machine. Every product of two floats is exact in double precision.</summary>
    private static double Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        ref float a = ref MemoryMarshal.GetReference(x), b = ref MemoryMarshal.GetReference(y);
        Vector512<double> low = default, high = default;
        int i = 0;
        for (; i + Vector512<float>.Count <= x.Length; i += Vector512<float>.Count)
        {
            (Vector512<double> a0, Vector512<double> a1) = Vector512.Widen(Vector512.LoadUnsafe(ref a, (nuint)i));
            (Vector512<double> b0, Vector512<double> b1) = Vector512.Widen(Vector512.LoadUnsafe(ref b, (nuint)i));
            low += a0 * b0;
            high += a1 * b1;
        }

        double total = 0;
        for (int lane = 0; lane < Vector512<double>.Count; lane++) total += low[lane] + high[lane];
        for (; i < x.Length; i++) total += (double)x[i] * y[i];
        return total;
    }

    private readonly record struct Segment(int Tensor, int Start, int Length, int Flat);

    private struct ComposeBody : IBody
    {
        public BlockComposition Owner;
        public IWeightTensors Destination;

        public readonly void Run(int chunk)
        {
            Segment segment = Owner._segments[chunk];
            Owner.ComposeSegment(segment, Destination.Values(segment.Tensor).Slice(segment.Start, segment.Length));
        }
    }

    private unsafe struct DotsBody : IBody
    {
        public BlockComposition Owner;
        public float* Gradient;

        public readonly void Run(int chunk)
        {
            Segment segment = Owner._segments[chunk];
            Owner.DotSegment(chunk, new(Gradient + segment.Flat, segment.Length));
        }
    }
}
