using System.Numerics.Tensors;
using Polymath.Merging.Blending;
using Polymath.Merging.Sparsifying;

namespace Polymath.Merging.Reporting;

/// <summary>What a block adds to the geometry of a tensor.</summary>
internal static class GeometrySums
{
    // Pieces short enough for a sum in single precision to keep its digits.
    private const int Piece = 1 << 11;

    /// <summary>Adds inner products (upper triangle, row-major), the base's square, the conflicting and the jointly changed elements.</summary>
    /// <param name="block">The block.</param>
    /// <param name="baseIndex">The base, or -1 to look at the weights themselves.</param>
    /// <param name="models">The models.</param>
    /// <param name="parts">The sums.</param>
    public static void Add(Block block, int baseIndex, int[] models, Span<double> parts)
    {
        int n = models.Length, pairs = n * n;
        if (baseIndex >= 0)
        {
            foreach (int model in models) SparsifierPlan.Delta(block, baseIndex, model);
            parts[pairs] += Dot(block.Source(baseIndex), block.Source(baseIndex));
        }

        for (int i = 0; i < n; i++)
        {
            for (int j = i; j < n; j++) parts[(i * n) + j] += Dot(block.Source(models[i]), block.Source(models[j]));
        }

        if (n > 1) CountConflicts(block, models, parts[(pairs + 1)..]);
    }

    private static double Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        double sum = 0;
        for (int at = 0; at < left.Length; at += Piece)
        {
            int count = Math.Min(Piece, left.Length - at);
            sum += TensorPrimitives.Dot(left.Slice(at, count), right.Slice(at, count));
        }

        return sum;
    }

    private static void CountConflicts(Block block, int[] models, Span<double> counts)
    {
        Span<byte> plus = stackalloc byte[Piece], minus = stackalloc byte[Piece];
        long conflicts = 0, shared = 0;
        for (int at = 0; at < block.Length; at += Piece)
        {
            int count = Math.Min(Piece, block.Length - at);
            plus.Clear();
            minus.Clear();
            foreach (int model in models)
            {
                ReadOnlySpan<float> values = block.Source(model).Slice(at, count);
                for (int i = 0; i < count; i++)
                {
                    plus[i] += values[i] > 0 ? (byte)1 : (byte)0;
                    minus[i] += values[i] < 0 ? (byte)1 : (byte)0;
                }
            }

            for (int i = 0; i < count; i++)
            {
                conflicts += plus[i] > 0 && minus[i] > 0 ? 1 : 0;
                shared += plus[i] + minus[i] > 1 ? 1 : 0;
            }
        }

        counts[0] += conflicts;
        counts[1] += shared;
    }
}
