using System.Numerics;
using System.Numerics.Tensors;

namespace Polymath.Merging.Blending;

/// <summary>The elements that models changed by more than a threshold, and in how many models each was changed: the arithmetic of RAM.</summary>
internal static class ActiveChanges
{
    /// <summary>Adds changes of one model alone, scaled, and the mean of changes of several.</summary>
    /// <param name="tensor">The tensor, with a base.</param>
    /// <param name="epsilon">Changes up to this count as none.</param>
    /// <param name="scales">For each model the factor of what it alone changed.</param>
    public static IBlockRule Rule(TensorMerge tensor, float epsilon, float[] scales)
    {
        int[] models = tensor.Models;
        int baseIndex = tensor.BaseIndex;
        return new BlockRule(block =>
        {
            Span<float> output = block.Output, active = block.Scratch(0);
            Activate(block, models, baseIndex, epsilon);
            output.Clear();
            for (int i = 0; i < models.Length; i++)
            {
                Span<float> delta = block.Source(models[i]);
                Share(delta, active, scales[i]);
                block.Round(delta);
                TensorPrimitives.Add(output, delta, output);
                block.Round(output);
            }

            TensorPrimitives.Add(output, block.Source(baseIndex), output);
            block.Round(output);
        }, scratch: 1);
    }

    /// <summary>For each model how many elements it changed together with others, and how many alone.</summary>
    /// <param name="tensor">The tensor, with a base.</param>
    /// <param name="epsilon">Changes up to this count as none.</param>
    public static (long Shared, long Lone)[] Count(TensorMerge tensor, float epsilon)
    {
        int[] models = tensor.Models;
        double[] counts = tensor.Sum(Granularity.Elements, 2 * models.Length, (block, sums) =>
        {
            Span<float> active = block.Scratch(0);
            Activate(block, models, tensor.BaseIndex, epsilon);
            for (int i = 0; i < models.Length; i++)
            {
                ReadOnlySpan<float> delta = block.Source(models[i]);
                int shared = 0, lone = 0;
                for (int e = 0; e < delta.Length; e++)
                {
                    if (delta[e] == 0) continue;
                    if (active[e] > 1) shared++;
                    else lone++;
                }

                (sums[2 * i], sums[(2 * i) + 1]) = (shared, lone);
            }
        }, scratch: 1);
        return [.. models.Select((_, i) => ((long)counts[2 * i], (long)counts[(2 * i) + 1]))];
    }

    // Task vectors without small changes in place of the sources; the number of models that changed an element into the first scratch span.
    private static void Activate(Block block, int[] models, int baseIndex, float epsilon)
    {
        Span<float> active = block.Scratch(0);
        active.Clear();
        Vector<float> limit = new(epsilon);
        foreach (int model in models)
        {
            Span<float> delta = InnerProducts.Offset(block, model, baseIndex);
            int i = 0;
            for (; i <= delta.Length - Vector<float>.Count; i += Vector<float>.Count)
            {
                Vector<float> value = new(delta[i..]);
                Vector<int> large = Vector.GreaterThan(Vector.Abs(value), limit);
                Vector.ConditionalSelect(large, value, Vector<float>.Zero).CopyTo(delta[i..]);
                (new Vector<float>(active[i..]) + Vector.ConditionalSelect(large, Vector<float>.One, Vector<float>.Zero)).CopyTo(active[i..]);
            }

            for (; i < delta.Length; i++)
            {
                if (Math.Abs(delta[i]) > epsilon) active[i]++;
                else delta[i] = 0;
            }
        }
    }

    private static void Share(Span<float> delta, ReadOnlySpan<float> active, float scale)
    {
        int i = 0;
        Vector<float> alone = new(scale);
        for (; i <= delta.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> value = new(delta[i..]), count = new(active[i..]);
            Vector.ConditionalSelect(Vector.GreaterThan(count, Vector<float>.One), value / count, value * alone).CopyTo(delta[i..]);
        }

        for (; i < delta.Length; i++) delta[i] = active[i] > 1 ? delta[i] / active[i] : delta[i] * scale;
    }
}
