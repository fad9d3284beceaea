using FsCheck;
using FsCheck.Fluent;
using Polymath.Tensors;

namespace Polymath.Tests.Relevance;

/// <summary>Random source heads and a target's head for property tests.</summary>
internal sealed record RandomHeads(int Seed, int Size, int Sources, double Decades)
{
    /// <summary>1 to 6 dimensions, up to 20 sources, all values scaled by up to 1e±150.</summary>
    public static void Check(Action<RandomHeads> property, int cases = 150)
    {
        Arbitrary<RandomHeads> any = (
            from seed in Gen.Choose(0, int.MaxValue - 1)
            from size in Gen.Choose(1, 6)
            from more in Gen.Choose(0, 14)
            from decades in Gen.Elements(0.0, 0.0, -150.0, 150.0)
            select new RandomHeads(seed, size, size + more, decades)).ToArbitrary();
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(cases).WithReplay(20230716, 1), Prop.ForAll(any, property));
    }

    public double Scale => Math.Pow(10, Decades);

    /// <summary>[Size, Sources] row-major, normal.</summary>
    public double[] Heads(double? scale = null) => Normal("heads", Size * Sources, scale ?? Scale);

    /// <summary>[Size], normal.</summary>
    public double[] Target(double? scale = null) => Normal("target", Size, scale ?? Scale);

    /// <summary>A matrix [Size, Size] with condition at most about 10: the identity plus a small normal one.</summary>
    public double[] Invertible()
    {
        double[] matrix = Normal("basis", Size * Size, 0.3 / Math.Sqrt(Size));
        for (int i = 0; i < Size; i++) matrix[(i * Size) + i] += 1.5;
        return matrix;
    }

    public static double[] Multiply(double[] left, double[] right, int inner)
    {
        int rows = left.Length / inner, columns = right.Length / inner;
        double[] product = new double[rows * columns];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++) product[(i * columns) + j] = Enumerable.Range(0, inner).Sum(k => left[(i * inner) + k] * right[(k * columns) + j]);
        }

        return product;
    }

    public static double[] Transpose(double[] matrix, int rows)
    {
        int columns = matrix.Length / rows;
        double[] transposed = new double[matrix.Length];
        for (int i = 0; i < matrix.Length; i++) transposed[(i % columns * rows) + (i / columns)] = matrix[i];
        return transposed;
    }

    public static double Norm(IEnumerable<double> vector) => Math.Sqrt(vector.Sum(x => x * x));

    public static double Norm1(IEnumerable<double> vector) => vector.Sum(Math.Abs);

    private double[] Normal(string name, int count, double scale)
    {
        RandomStream random = new RandomStream((ulong)Seed).Derive(name);
        double[] values = new double[count];
        for (int i = 0; i < count; i++) values[i] = random.NextNormalDouble() * scale;
        return values;
    }
}
