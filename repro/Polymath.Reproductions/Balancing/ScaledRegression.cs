using System.Globalization;
using Polymath.Learning;
using Polymath.Learning.Training;
using Polymath.Tensors;

namespace Polymath.Reproductions.Balancing;

/// <summary>
/// Five equally hard regression tasks whose targets have the scales 10^-2, 10^-1, 1, 10 and 10^2: x ~ N(0, I_20), ten latents
/// h = tanh(1.5 x W / sqrt(20)) with W ~ N(0, 1), and from two latents of its own each task makes
/// y_k = s_k (h_a + 0.7 h_b + 0.5 h_a h_b + 0.05 noise).
/// </summary>
internal sealed class ScaledRegression
{
    /// <summary>Inputs per row.</summary>
    public const int Features = 20;

    private const int TrainRows = 2_000, TestRows = 1_000, Latents = 10, LatentsPerTask = 2;
    private const double Gain = 1.5, Second = 0.7, Product = 0.5, Noise = 0.05;
    private static readonly double[] s_scales = [1e-2, 1e-1, 1, 10, 100];

    private ScaledRegression(ArrayDataset train, ArrayDataset test) => (Train, Test) = (train, test);

    /// <summary>The tasks, smallest scale first.</summary>
    public static TaskSet Tasks { get; } = new(s_scales.Select(scale => Target.Regression(string.Create(CultureInfo.InvariantCulture, $"scale {scale:0.##}"))));

    /// <summary>2,000 rows to train on.</summary>
    public ArrayDataset Train { get; }

    /// <summary>1,000 rows to judge by.</summary>
    public ArrayDataset Test { get; }

    /// <summary>Draws a data set.</summary>
    /// <param name="random">Where the numbers come from.</param>
    public static ScaledRegression Draw(RandomStream random)
    {
        float[] map = new float[Features * Latents];
        random.Derive("map").FillNormal(map);
        return new ScaledRegression(Rows(TrainRows, map, random.Derive("train")), Rows(TestRows, map, random.Derive("test")));
    }

    private static ArrayDataset Rows(int rows, float[] map, RandomStream random)
    {
        float[] inputs = new float[rows * Features], targets = new float[rows * s_scales.Length];
        random.Derive("inputs").FillNormal(inputs);
        RandomStream noise = random.Derive("noise");
        double[] latents = new double[Latents];
        for (int row = 0; row < rows; row++)
        {
            for (int j = 0; j < Latents; j++)
            {
                double sum = 0;
                for (int i = 0; i < Features; i++) sum += (double)inputs[(row * Features) + i] * map[(i * Latents) + j];
                latents[j] = Math.Tanh(Gain * sum / Math.Sqrt(Features));
            }

            for (int task = 0; task < s_scales.Length; task++)
            {
                double a = latents[task * LatentsPerTask], b = latents[(task * LatentsPerTask) + 1];
                targets[(row * s_scales.Length) + task] = (float)(s_scales[task] * (a + (Second * b) + (Product * a * b) + (Noise * noise.NextNormalDouble())));
            }
        }

        return new ArrayDataset(inputs, Features, [], 0, targets, s_scales.Length);
    }
}
