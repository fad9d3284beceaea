using System.Numerics;
using Polymath.Tensors.Kernels;

namespace Polymath.Learning.Optimization;

/// <summary>
/// One loop for every optimiser, shared out over the threads. The last values, too few for a register, go through the same formula in a
/// padded copy, so a value's result does not depend on its place, on the number of threads or on the width of the registers.
/// </summary>
internal static unsafe class UpdateLoop
{
    private const int Grain = 16 * 1024;

    /// <param name="rule">The formula.</param>
    /// <param name="scale">What every gradient is multiplied by first, so that clipping needs no pass of its own.</param>
    /// <param name="parameters">Updated in place.</param>
    /// <param name="gradients">As many.</param>
    /// <param name="first">The first memory, as many values, or empty.</param>
    /// <param name="second">The second memory, as many values, or empty.</param>
    public static void Run<TRule>(TRule rule, float scale, Span<float> parameters, ReadOnlySpan<float> gradients, Span<float> first, Span<float> second)
        where TRule : struct, IUpdateRule
    {
        if (parameters.IsEmpty) return;
        fixed (float* p = parameters, g = gradients[..parameters.Length])
        fixed (float* m = TRule.Memories > 0 ? first[..parameters.Length] : default, v = TRule.Memories > 1 ? second[..parameters.Length] : default)
        {
            var body = new Body<TRule> { Rule = rule, Scale = scale, P = p, G = g, M = m, V = v, Count = parameters.Length };
            Workers.For(1 + ((parameters.Length - 1) / Grain), ref body);
        }
    }

    private struct Body<TRule> : IBody
        where TRule : struct, IUpdateRule
    {
        public TRule Rule;
        public float Scale;
        public float* P, G, M, V;
        public int Count;

        public readonly void Run(int chunk)
        {
            int i = chunk * Grain, end = Math.Min(Count, i + Grain), lanes = Vector<float>.Count;
            TRule rule = Rule;
            var scale = new Vector<float>(Scale);
            Vector<float> first = default, second = default;
            for (; i + lanes <= end; i += lanes)
            {
                Vector<float> parameter = Vector.Load(P + i);
                if (TRule.Memories > 0) first = Vector.Load(M + i);
                if (TRule.Memories > 1) second = Vector.Load(V + i);
                rule.Apply(ref parameter, Vector.Load(G + i) * scale, ref first, ref second);
                parameter.Store(P + i);
                if (TRule.Memories > 0) first.Store(M + i);
                if (TRule.Memories > 1) second.Store(V + i);
            }

            if (i < end) Tail(i, end - i);
        }

        private readonly void Tail(int at, int count)
        {
            Vector<float> parameter = Read(P + at, count), first = default, second = default;
            if (TRule.Memories > 0) first = Read(M + at, count);
            if (TRule.Memories > 1) second = Read(V + at, count);
            Rule.Apply(ref parameter, Read(G + at, count) * Scale, ref first, ref second);
            Write(parameter, P + at, count);
            if (TRule.Memories > 0) Write(first, M + at, count);
            if (TRule.Memories > 1) Write(second, V + at, count);
        }

        private static Vector<float> Read(float* values, int count)
        {
            Span<float> padded = stackalloc float[Vector<float>.Count];
            padded.Clear();
            new ReadOnlySpan<float>(values, count).CopyTo(padded);
            return new Vector<float>(padded);
        }

        private static void Write(Vector<float> value, float* target, int count)
        {
            for (int i = 0; i < count; i++) target[i] = value[i];
        }
    }
}
