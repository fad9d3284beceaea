using System.Globalization;
using System.IO.Compression;
using Polymath.Learning.Relevance;
using Polymath.Tensors;

namespace Polymath.Reproductions.ActiveMtrlLasso;

/// <summary>
/// Handwritten digits of 8 x 8 pixels under 6 corruptions. A task is a corruption and a digit, label +1 for that digit and -1 for the others.
/// Inputs are pixels in [0, 1] and a constant 1, as the heads have no bias.
/// </summary>
internal sealed class CorruptedDigits
{
    public const int Digits = 10, Side = 8, Features = (Side * Side) + 1, TrainingImages = 1000;
    private const double NoiseDeviation = 0.3, StripeHeight = 0.5, ContrastFactor = 0.4;

    private readonly double[][] _images;
    private readonly int[] _labels;

    private CorruptedDigits(double[][] images, int[] labels) => (_images, _labels) = (images, labels);

    public static string[] Corruptions { get; } = ["gaussian noise", "blur", "shift", "invert", "stripes", "contrast"];

    public int TestImages => _images.Length - TrainingImages;

    /// <summary>Reads 64 pixels of 0 to 16 and a label a line, and shuffles: the first 1000 are for training.</summary>
    public static CorruptedDigits Read(string path)
    {
        List<double[]> images = [];
        List<int> labels = [];
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
        {
            double[] values = [.. line.Split(',').Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
            if (values.Length != (Side * Side) + 1) throw new ReproductionException($"{path}: line {labels.Count + 1} has {values.Length} values, expected 64 pixels and a label.");
            images.Add([.. values[..^1].Select(pixel => pixel / 16)]);
            labels.Add((int)values[^1]);
        }

        if (images.Count <= TrainingImages) throw new ReproductionException($"{path}: found {images.Count} images, expected more than {TrainingImages}.");
        int[] order = new int[images.Count];
        new RandomStream(0).Derive("digits").FillPermutation(order);
        return new CorruptedDigits([.. order.Select(i => images[i])], [.. order.Select(i => labels[i])]);
    }

    /// <summary>Training images drawn with replacement.</summary>
    public TaskSamples Sample(int corruption, int digit, int count, RandomStream random)
        => Build(corruption, digit, [.. Enumerable.Range(0, count).Select(_ => random.NextInt32(TrainingImages))], random);

    /// <summary>Different training images.</summary>
    public TaskSamples SampleDistinct(int corruption, int digit, int count, RandomStream random)
    {
        int[] order = new int[TrainingImages];
        random.FillPermutation(order);
        return Build(corruption, digit, order[..count], random);
    }

    /// <summary>All test images.</summary>
    public TaskSamples Test(int corruption, int digit, RandomStream random) => Build(corruption, digit, [.. Enumerable.Range(TrainingImages, TestImages)], random);

    private TaskSamples Build(int corruption, int digit, int[] indices, RandomStream random)
    {
        double[] inputs = new double[indices.Length * Features], labels = new double[indices.Length];
        for (int r = 0; r < indices.Length; r++)
        {
            Span<double> row = inputs.AsSpan(r * Features, Features);
            Corrupt(corruption, _images[indices[r]], row, random);
            row[^1] = 1;
            labels[r] = _labels[indices[r]] == digit ? 1 : -1;
        }

        return new TaskSamples(inputs, labels, Features);
    }

    private static void Corrupt(int corruption, double[] image, Span<double> result, RandomStream random)
    {
        for (int y = 0; y < Side; y++)
        {
            for (int x = 0; x < Side; x++)
            {
                double pixel = image[(y * Side) + x];
                result[(y * Side) + x] = corruption switch
                {
                    0 => Math.Clamp(pixel + (NoiseDeviation * random.NextNormalDouble()), 0, 1),
                    1 => Blurred(image, y, x),
                    2 => x == 0 ? 0 : image[(y * Side) + x - 1],
                    3 => 1 - pixel,
                    4 => y % 2 == 0 ? Math.Min(1, pixel + StripeHeight) : pixel,
                    _ => 0.5 + (ContrastFactor * (pixel - 0.5)),
                };
            }
        }
    }

    /// <summary>The mean of 3 x 3 pixels, fewer at the edge.</summary>
    private static double Blurred(double[] image, int y, int x)
    {
        double sum = 0;
        int count = 0;
        for (int v = Math.Max(0, y - 1); v <= Math.Min(Side - 1, y + 1); v++)
        {
            for (int u = Math.Max(0, x - 1); u <= Math.Min(Side - 1, x + 1); u++, count++) sum += image[(v * Side) + u];
        }

        return sum / count;
    }
}
