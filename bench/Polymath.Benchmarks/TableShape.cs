using Polymath.Learning.Training;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Benchmarks;

/// <summary>The columns of an encoded table. Random rows stand for the real ones: the values do not matter for speed, the sizes do.</summary>
/// <param name="Numbers">Numeric columns.</param>
/// <param name="Cardinalities">Ids per categorical field, as the encoder finds them on the training rows.</param>
internal sealed record TableShape(int Numbers, IReadOnlyList<int> Cardinalities)
{
    /// <summary>census-income-kdd with the targets income and never-married.</summary>
    public static TableShape Census { get; } = new(7, [10, 53, 48, 18, 4, 25, 16, 6, 11, 3, 4, 7, 9, 7, 7, 52, 38, 9, 11, 10, 11, 4, 5, 6, 44, 44, 44, 6, 4, 4, 4, 3]);

    /// <summary>adult with the targets income and never-married, without marital status and relationship: workclass, education, occupation, race, sex, country.</summary>
    public static TableShape Adult { get; } = new(6, [10, 17, 16, 6, 3, 42]);

    /// <summary>The columns as a model is made from them.</summary>
    public FeatureSchema Schema => new(
        [.. Enumerable.Range(0, Numbers).Select(i => $"x{i}")],
        [.. Cardinalities.Select((count, i) => new CategoricalFeature($"c{i}", count))]);

    /// <summary>Random rows with binary labels.</summary>
    public ArrayDataset Data(int tasks, int rows)
    {
        var random = new RandomStream(7);
        float[] numbers = new float[rows * Numbers], labels = new float[rows * tasks];
        int[] ids = new int[rows * Cardinalities.Count];
        random.FillNormal(numbers);
        for (int i = 0; i < ids.Length; i++) ids[i] = random.NextInt32(Cardinalities[i % Cardinalities.Count]);
        for (int i = 0; i < labels.Length; i++) labels[i] = random.NextBernoulli(0.3f) ? 1f : 0f;
        return new ArrayDataset(numbers, Numbers, ids, Cardinalities.Count, labels, tasks);
    }
}
