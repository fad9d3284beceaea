using System.Numerics;
using System.Runtime.InteropServices;

namespace Polymath.Learning.Optimization;

/// <summary>
/// One loop for every optimiser. The last values, too few for a register, go through the same formula in a padded copy, so a value's result
/// does not depend on its place or on the width of the registers.
/// </summary>
internal static class UpdateLoop
{
    public static void Run<TRule>(TRule rule, Span<float> parameters, ReadOnlySpan<float> gradients, Span<float> first, Span<float> second)
        where TRule : struct, IUpdateRule
    {
        Span<Vector<float>> p = MemoryMarshal.Cast<float, Vector<float>>(parameters);
        ReadOnlySpan<Vector<float>> g = MemoryMarshal.Cast<float, Vector<float>>(gradients)[..p.Length];
        Span<Vector<float>> m = TRule.Memories > 0 ? MemoryMarshal.Cast<float, Vector<float>>(first)[..p.Length] : default;
        Span<Vector<float>> v = TRule.Memories > 1 ? MemoryMarshal.Cast<float, Vector<float>>(second)[..p.Length] : default;
        Vector<float> unused = default;
        for (int i = 0; i < p.Length; i++)
        {
            if (TRule.Memories == 0) rule.Apply(ref p[i], g[i], ref unused, ref unused);
            else if (TRule.Memories == 1) rule.Apply(ref p[i], g[i], ref m[i], ref unused);
            else rule.Apply(ref p[i], g[i], ref m[i], ref v[i]);
        }

        int done = p.Length * Vector<float>.Count;
        if (done == parameters.Length) return;
        Vector<float> parameter = Read(parameters[done..]), memory1 = default, memory2 = default;
        if (TRule.Memories > 0) memory1 = Read(first[done..]);
        if (TRule.Memories > 1) memory2 = Read(second[done..]);
        rule.Apply(ref parameter, Read(gradients[done..]), ref memory1, ref memory2);
        Write(parameter, parameters[done..]);
        if (TRule.Memories > 0) Write(memory1, first[done..]);
        if (TRule.Memories > 1) Write(memory2, second[done..]);
    }

    private static Vector<float> Read(ReadOnlySpan<float> tail)
    {
        Span<float> padded = stackalloc float[Vector<float>.Count];
        padded.Clear();
        tail.CopyTo(padded);
        return new Vector<float>(padded);
    }

    private static void Write(Vector<float> value, Span<float> tail)
    {
        for (int i = 0; i < tail.Length; i++) tail[i] = value[i];
    }
}
