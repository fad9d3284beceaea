using FsCheck;
using FsCheck.Fluent;
using Polymath.Tensors;

namespace Polymath.Tests.LinearAlgebra;

/// <summary>Random Gram matrices for property tests: any size, any rank, any scale.</summary>
internal sealed record RandomGram(int Seed, int Size, int Dimension, double Spread)
{
    /// <summary>Sizes 1 to 9, ranks from 1, row norms spread over up to 12 decades.</summary>
    public static Arbitrary<RandomGram> Any => (
        from seed in Gen.Choose(0, int.MaxValue - 1)
        from size in Gen.Choose(1, 9)
        from dimension in Gen.Choose(1, 14)
        from spread in Gen.Elements(0.0, 0.0, 3.0, 6.0)
        select new RandomGram(seed, size, dimension, spread)).ToArbitrary();

    public double[][] Rows()
    {
        var random = new RandomStream((ulong)Seed);
        double[][] rows = new double[Size][];
        for (int i = 0; i < Size; i++)
        {
            double scale = Math.Pow(10, ((2 * random.NextDouble()) - 1) * Spread);
            rows[i] = [.. Enumerable.Range(0, Dimension).Select(_ => scale * random.NextNormalDouble())];
        }

        return rows;
    }

    public static double[] Of(double[][] rows) => [.. from a in rows from b in rows select a.Zip(b, (x, y) => x * y).Sum()];

    public static void Check(Action<RandomGram> property, int cases = 400)
        => FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(cases).WithReplay(20240616, 1), Prop.ForAll(Any, property));
}
