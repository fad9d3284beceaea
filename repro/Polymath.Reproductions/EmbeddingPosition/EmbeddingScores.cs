using System.Numerics.Tensors;
using Polymath.Learning.Metrics;

namespace Polymath.Reproductions.EmbeddingPosition;

/// <summary>The usual scores of embeddings with the cosine as similarity; all rows have length 1.</summary>
internal static class EmbeddingScores
{
    private const int Neighbours = 5, Depth = 10;

    /// <summary>nDCG@10 where document i alone answers query i: the mean of 1 / log2(1 + rank), 0 below rank ten.</summary>
    public static double Retrieval(float[][] queries, float[][] documents)
    {
        double sum = 0;
        for (int i = 0; i < queries.Length; i++)
        {
            float own = TensorPrimitives.Dot<float>(queries[i], documents[i]);
            int rank = 1 + documents.Count(document => TensorPrimitives.Dot<float>(queries[i], document) > own);
            if (rank <= Depth) sum += 1 / Math.Log2(1 + rank);
        }

        return sum / queries.Length;
    }

    /// <summary>Spearman's rank correlation of the cosines of pairs with graded similarities.</summary>
    public static double Similarity(float[][] left, float[][] right, double[] grades)
        => RegressionMetrics.Spearman<double>(grades, [.. left.Zip(right, (x, y) => (double)TensorPrimitives.Dot<float>(x, y))]).Value;

    /// <summary>The share of texts whose five nearest labelled texts vote for their class; the nearest decides a draw.</summary>
    public static double Neighbourhood(float[][] labelled, int[] classes, float[][] texts, int[] expected)
    {
        int right = 0;
        for (int i = 0; i < texts.Length; i++)
        {
            float[] text = texts[i];
            int[] nearest = [.. Enumerable.Range(0, labelled.Length).OrderByDescending(j => TensorPrimitives.Dot<float>(text, labelled[j])).Take(Neighbours).Select(j => classes[j])];
            if (nearest.GroupBy(label => label).OrderByDescending(group => group.Count()).First().Key == expected[i]) right++;
        }

        return (double)right / texts.Length;
    }
}
