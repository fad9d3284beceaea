using System.Numerics;
using System.Numerics.Tensors;

namespace Polymath.Merging.Blending;

/// <summary>
/// Inner products of the models' tensors, in double precision. Every rule that moves along a sphere (slerp, Karcher means, model stock) stays in the
/// span of its models, so this small symmetric matrix is all it has to know: one pass reads the models for it, a second combines them.
/// </summary>
internal static class InnerProducts
{
    /// <summary>All inner products of some sources, each source minus the base where there is one.</summary>
    /// <param name="tensor">The tensor; all sources of one shape.</param>
    /// <param name="sources">Positions of n sources.</param>
    /// <param name="baseIndex">The base model's position, or -1 for the tensors as they are.</param>
    /// <returns>[n, n], symmetric.</returns>
    public static double[,] Of(TensorMerge tensor, int[] sources, int baseIndex)
    {
        int n = sources.Length;
        double[] sums = tensor.Sum(Granularity.Elements, n * (n + 1) / 2, (block, partial) =>
        {
            for (int i = 0, at = 0; i < n; i++)
            {
                ReadOnlySpan<float> left = Offset(block, sources[i], baseIndex);
                for (int j = 0; j <= i; j++) partial[at++] = Dot(left, block.Source(sources[j]));
            }
        });
        double[,] products = new double[n, n];
        for (int i = 0, at = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++) products[i, j] = products[j, i] = sums[at++];
        }

        return products;
    }

    /// <summary>A source minus the base, in place of the source's elements; the source itself when there is no base.</summary>
    /// <param name="block">The block; to be called once a source.</param>
    /// <param name="source">The source's position.</param>
    /// <param name="baseIndex">The base model's position, or -1.</param>
    public static Span<float> Offset(Block block, int source, int baseIndex)
    {
        Span<float> values = block.Source(source);
        if (baseIndex < 0) return values;
        TensorPrimitives.Subtract(values, block.Source(baseIndex), values);
        block.Round(values);
        return values;
    }

    /// <summary>The inner product of two spans; every product is exact.</summary>
    public static double Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        int i = 0;
        Vector<double> even = default, odd = default;
        for (; i <= left.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(left[i..]), out Vector<double> a, out Vector<double> b);
            Vector.Widen(new Vector<float>(right[i..]), out Vector<double> c, out Vector<double> d);
            even += a * c;
            odd += b * d;
        }

        double sum = Vector.Sum(even + odd);
        for (; i < left.Length; i++) sum += (double)left[i] * right[i];
        return sum;
    }
}
