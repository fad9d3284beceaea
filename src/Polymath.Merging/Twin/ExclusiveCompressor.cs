using Polymath.Merging.TaskVectors;
using Polymath.Tensors;
using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Merging.Twin;

/// <summary>Makes the difference of an expert to the shared expert small, tensor by tensor.</summary>
internal static class ExclusiveCompressor
{
    public static ExclusiveTensor Compress(float[] difference, Shape shape, TwinCompression compression, string name, string task)
    {
        if (shape.Rank < 2 || shape.Length == 0) return new ExclusiveTensor(difference);
        int rows = shape[0], columns = shape.Length / rows;
        return compression.Kind switch
        {
            CompressionKind.LowRank => LowRank(difference, rows, columns, compression.Kept(Math.Min(rows, columns))),
            CompressionKind.Magnitude => new ExclusiveTensor(Largest(difference, compression.Kept(difference.Length), name)),
            _ => new ExclusiveTensor(ByChance(difference, compression, new RandomStream(compression.Seed).Derive(task + '\n' + name))),
        };
    }

    // All triples are two factors larger than the matrix, and cannot give it back to the last bit.
    private static ExclusiveTensor LowRank(float[] difference, int rows, int columns, int rank)
    {
        if (rank == Math.Min(rows, columns)) return new ExclusiveTensor(difference);
        float[] a = new float[rows * rank], b = new float[rank * columns];
        if (rank > 0) new Svd(difference, rows, columns).Factors(rank, a, b);
        return new ExclusiveTensor(rows, columns, rank, a, b);
    }

    private static float[] Largest(float[] difference, int kept, string name)
    {
        if (kept == difference.Length) return difference;
        if (kept == 0) throw new MergeException($"twin-merging: no element of tensor '{name}' with {difference.Length} elements is kept; expected a larger density.");
        var selection = new MagnitudeSelection();
        selection.Count(difference);
        selection.Narrow(difference.Length - kept + 1);
        selection.Refine(difference);
        float threshold = selection.Value;
        int ties = kept;
        foreach (float value in difference) ties -= Math.Abs(value) > threshold ? 1 : 0;
        return Array.ConvertAll(difference, value => Math.Abs(value) > threshold || (Math.Abs(value) == threshold && ties-- > 0) ? value : 0f);
    }

    private static float[] ByChance(float[] difference, TwinCompression compression, RandomStream random)
    {
        if (compression.Density >= 1) return difference;
        float keep = (float)compression.Density;
        return Array.ConvertAll(difference, value => random.NextBernoulli(keep) ? value / keep : 0f);
    }
}
