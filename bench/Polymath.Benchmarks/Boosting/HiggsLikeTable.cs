using System.Runtime.InteropServices;
using Polymath.Tensors;

namespace Polymath.Benchmarks.Boosting;

/// <summary>
/// A generated table in the shape of HIGGS: 28 real features, of which four are rounded to a few dozen values and the last is noise, and a noisy binary label
/// that depends on products, thresholds and waves of some of them.
/// </summary>
internal static class HiggsLikeTable
{
    /// <summary>Number of features.</summary>
    public const int Width = 28;

    /// <summary>Writes rows of features, then labels, as 32-bit floats.</summary>
    public static void Write(string path, int rows)
    {
        RandomStream random = new RandomStream(1).Derive("higgs-like");
        float[] x = new float[rows * Width], y = new float[rows];
        random.FillNormal(x);
        for (int row = 0; row < rows; row++)
        {
            Span<float> of = x.AsSpan(row * Width, Width);
            for (int column = 8; column < 12; column++) of[column] = MathF.Round(2 * of[column]) / 2;
            double score = (of[0] * of[1]) + Math.Sin(2 * of[2]) + (0.5 * of[3]) - (of[4] > 0.5f ? 0.7 * of[5] : 0) + (0.3 * of[6] * of[6]) + (0.4 * of[8]) - 0.3;
            y[row] = random.NextDouble() < 1 / (1 + Math.Exp(-score)) ? 1 : 0;
        }

        using FileStream file = File.Create(path);
        file.Write(MemoryMarshal.AsBytes(x.AsSpan()));
        file.Write(MemoryMarshal.AsBytes(y.AsSpan()));
    }
}
