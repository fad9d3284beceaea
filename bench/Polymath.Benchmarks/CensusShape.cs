using Polymath.Learning.Training;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Benchmarks;

/// <summary>Random rows with the columns of the encoded census-income-kdd table: the values do not matter for speed, the sizes do.</summary>
internal static class CensusShape
{
    public const int Numbers = 7;

    /// <summary>Ids per categorical field, as the encoder finds them on the training rows.</summary>
    public static readonly int[] Cardinalities = [10, 53, 48, 18, 4, 25, 16, 6, 11, 3, 4, 7, 9, 7, 7, 52, 38, 9, 11, 10, 11, 4, 5, 6, 44, 44, 44, 6, 4, 4, 4, 3];

    public static FeatureSchema Schema { get; } = new(
        [.. Enumerable.Range(0, Numbers).Select(i => $"x{i}")],
        [.. Cardinalities.Select((count, i) => new CategoricalFeature($"c{i}", count))]);

    public static ArrayDataset Data(int tasks, int rows)
    {
        var random = new RandomStream(7);
        float[] numbers = new float[rows * Numbers], labels = new float[rows * tasks];
        int[] ids = new int[rows * Cardinalities.Length];
        random.FillNormal(numbers);
        for (int i = 0; i < ids.Length; i++) ids[i] = random.NextInt32(Cardinalities[i % Cardinalities.Length]);
        for (int i = 0; i < labels.Length; i++) labels[i] = random.NextBernoulli(0.3f) ? 1f : 0f;
        return new ArrayDataset(numbers, Numbers, ids, Cardinalities.Length, labels, tasks);
    }
}
