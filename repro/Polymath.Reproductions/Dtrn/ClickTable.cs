using Polymath.Learning;
using Polymath.Learning.Training;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Reproductions.Dtrn;

/// <summary>
/// Rows of a target item and two histories, clicks and buys, of 8 uniform items each, with two tasks that want different things of them: with
/// U_0, ..., U_3 ~ N(0, 1) and b ~ N(0, 0.25) for every item (a variance), logit_A = sum of U_0 over the last 3 clicks + 0.7 sum of U_1 over the last 3 buys +
/// b[item], logit_B = sum of U_2 over the first 3 clicks - 1.4 mean of U_3 over all buys - b[item]; labels are drawn from sigmoid(logit).
/// </summary>
internal sealed class ClickTable
{
    public const int Items = 30, Length = 8;
    private const int Recent = 3, Properties = 4, Lists = 2, TaskCount = 2;
    private const float BuyWeight = 0.7f, MeanWeight = 1.4f, BiasDeviation = 0.5f;

    private readonly float[] _properties = new float[Items * Properties], _bias = new float[Items];

    private ClickTable(RandomStream random)
    {
        random.Derive("properties").FillNormal(_properties);
        random.Derive("bias").FillNormal(_bias, 0f, BiasDeviation);
    }

    /// <summary>The columns.</summary>
    public static FeatureSchema Schema { get; } = new([], [new CategoricalFeature("item", Items)], [new SequenceFeature("clicks", Items, Length, "item"), new SequenceFeature("buys", Items, Length, "item")]);

    /// <summary>The tasks.</summary>
    public static TaskSet Tasks { get; } = new(Target.Binary("A"), Target.Binary("B"));

    /// <summary>Training and test rows of one draw of items.</summary>
    public static (ArrayDataset Train, ArrayDataset Test) Draw(int train, int test, RandomStream random)
    {
        var table = new ClickTable(random);
        return (table.Rows(train, random.Derive("train")), table.Rows(test, random.Derive("test")));
    }

    private ArrayDataset Rows(int count, RandomStream random)
    {
        int[] targets = new int[count], starts = [.. Enumerable.Range(0, count + 1).Select(row => row * Length)];
        int[][] lists = [.. Enumerable.Range(0, Lists).Select(_ => new int[count * Length])];
        float[] labels = new float[count * TaskCount];
        for (int row = 0; row < count; row++)
        {
            targets[row] = random.NextInt32(Items);
            foreach (int[] list in lists) for (int l = 0; l < Length; l++) list[(row * Length) + l] = random.NextInt32(Items);
            ReadOnlySpan<int> clicks = lists[0].AsSpan(row * Length, Length), buys = lists[1].AsSpan(row * Length, Length);
            float bias = _bias[targets[row]];
            float a = Sum(clicks[^Recent..], 0) + (BuyWeight * Sum(buys[^Recent..], 1)) + bias, b = Sum(clicks[..Recent], 2) - (MeanWeight * Sum(buys, 3) / Length) - bias;
            labels[row * TaskCount] = Label(a);
            labels[(row * TaskCount) + 1] = Label(b);
        }

        return new ArrayDataset([], 0, targets, 1, labels, TaskCount, sequences: [.. lists.Select(list => new SequenceArray(starts, list, Length))]);

        float Label(float logit) => random.NextBernoulli(1f / (1f + MathF.Exp(-logit))) ? 1f : 0f;
    }

    private float Sum(ReadOnlySpan<int> items, int property)
    {
        float sum = 0;
        foreach (int item in items) sum += _properties[(item * Properties) + property];
        return sum;
    }
}
