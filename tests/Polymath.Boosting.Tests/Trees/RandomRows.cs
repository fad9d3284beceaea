using Polymath.Tensors;

namespace Polymath.Boosting.Tests;

/// <summary>Rows for tests: whole numbers, reals, categories and gaps, with derivatives that follow some of them.</summary>
internal sealed class RandomRows
{
    public RandomRows(ulong seed, int rows, int numbers, int categories = 0, double missing = 0, int levels = 20, int outputs = 1)
    {
        RandomStream random = new RandomStream(seed).Derive("rows");
        int width = numbers + categories;
        float[] values = new float[rows * width];
        Gradient = new double[rows * outputs];
        Curvature = new double[rows * outputs];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < width; column++)
            {
                float value = column >= numbers ? random.NextInt32(CategoryCount) : levels > 0 ? random.NextInt32(levels) : random.NextNormal();
                values[(row * width) + column] = random.NextDouble() < missing ? float.NaN : value;
            }

            for (int k = 0; k < outputs; k++)
            {
                float first = values[row * width], last = values[((row + 1) * width) - 1];
                double signal = (float.IsNaN(first) ? 3 : Math.Sin(first + k)) + (float.IsNaN(last) ? -2 : last * last % 5);
                Gradient[(row * outputs) + k] = signal + (0.3 * random.NextNormalDouble());
                Curvature[(row * outputs) + k] = 0.2 + random.NextDouble();
            }
        }

        Features = new FeatureMatrix(values, [.. Enumerable.Range(0, width).Select(column => new FeatureDescription($"x{column}", column >= numbers ? CategoryCount : 0))]);
    }

    public static int CategoryCount => 6;

    public FeatureMatrix Features { get; }

    public double[] Gradient { get; }

    public double[] Curvature { get; }

    public int Rows => Features.Rows;
}
