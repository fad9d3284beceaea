using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Random shapes and values. Seed 0 prefers empty axes, seed 1 axes of length 1; the others draw 1 and small primes.</summary>
internal sealed class Sampler
{
    private const int LargestCase = 24;
    private static readonly int[] s_lengths = [1, 2, 2, 3, 3, 5, 7];
    private readonly int _seed;

    public Sampler(string name, int seed)
    {
        _seed = seed;
        Random = new RandomStream(20240611).Derive(name).Derive((ulong)seed);
    }

    public RandomStream Random { get; }

    public bool Chance(float probability) => Random.NextBernoulli(probability);

    public int Int(int exclusiveMax) => Random.NextInt32(exclusiveMax);

    /// <summary>The length of one axis, at least <paramref name="least"/>.</summary>
    public int Length(int least = 0, int most = 7)
    {
        if (_seed == 0 && least == 0 && Chance(0.5f)) return 0;
        if (_seed == 1 && least <= 1 && Chance(0.7f)) return 1;
        int length = s_lengths[Int(s_lengths.Length)];
        return Math.Clamp(length, Math.Max(least, 1), most);
    }

    /// <summary>A shape of few elements.</summary>
    public int[] Shape(int leastRank = 0, int mostRank = 4, int least = 0, int size = LargestCase)
    {
        int[] shape = new int[leastRank + Int(mostRank - leastRank + 1)];
        int product = 1;
        for (int i = 0; i < shape.Length; i++)
        {
            int length = Length(least);
            if (product * length > size) length = Math.Max(least, 1);
            shape[i] = length;
            product *= Math.Max(length, 1);
        }

        Random.Shuffle<int>(shape);
        return shape;
    }

    /// <summary>A shape that broadcasts to another: leading axes dropped, some axes of length 1.</summary>
    public int[] Shrunk(int[] shape)
    {
        int drop = Chance(0.3f) ? Int(shape.Length + 1) : 0;
        return [.. shape[drop..].Select(length => Chance(0.25f) ? 1 : length)];
    }

    /// <summary>An axis, counted from either end.</summary>
    public int Axis(int[] shape) => Int(2 * shape.Length) - shape.Length;

    public OpInput Normal(params int[] shape) => Draw(shape, () => Math.Clamp(Random.NextNormal(), -2.5f, 2.5f));

    public OpInput Uniform(float low, float high, params int[] shape) => Draw(shape, () => low + ((high - low) * Random.NextSingle()));

    /// <summary>Either sign, 0.2 to 2 in size.</summary>
    public OpInput AwayFromZero(params int[] shape) => Draw(shape, () => (Chance(0.5f) ? 1 : -1) * (0.2f + (1.8f * Random.NextSingle())));

    /// <summary>Within 0.02 of a multiple of 0.2 plus an offset, so that kinks can be kept between the values.</summary>
    public OpInput Grid(float offset, params int[] shape) => Draw(shape, () => ((Int(13) - 6) * 0.2f) + offset + (0.04f * (Random.NextSingle() - 0.5f)));

    /// <summary>Small whole numbers, so that ties occur.</summary>
    public OpInput Whole(params int[] shape) => Draw(shape, () => Int(5) - 2) with { Differentiable = false };

    /// <summary>All different, at least 0.1 apart.</summary>
    public OpInput Distinct(params int[] shape)
    {
        float[] values = new float[Count(shape)];
        int[] order = new int[values.Length];
        Random.FillPermutation(order);
        for (int i = 0; i < values.Length; i++) values[i] = (order[i] - (values.Length / 2)) * 0.11f;
        return new OpInput(shape, values);
    }

    public IndexTensor Indices(int exclusiveMax, params int[] shape)
    {
        var indices = new IndexTensor(new Shape(shape));
        foreach (ref int index in indices.Span) index = Int(exclusiveMax);
        return indices;
    }

    private static int Count(int[] shape) => shape.Aggregate(1, (a, b) => a * b);

    private static OpInput Draw(int[] shape, Func<float> next)
    {
        float[] values = new float[Count(shape)];
        for (int i = 0; i < values.Length; i++) values[i] = next();
        return new OpInput(shape, values);
    }
}
