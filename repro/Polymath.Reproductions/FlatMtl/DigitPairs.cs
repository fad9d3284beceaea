using System.Globalization;
using Polymath.Data;
using Polymath.Learning;
using Polymath.Learning.Training;
using Polymath.Tensors;

namespace Polymath.Reproductions.FlatMtl;

/// <summary>
/// Two digits in one picture: a scikit-learn digit (8x8) in the upper left of a 12x12 canvas and another in the lower right, the brighter
/// pixel where they overlap. Task 1 reads the first, task 2 the second. The source pictures are split before they are composed, and a fifth of
/// the training labels of task 2 are wrong.
/// </summary>
internal sealed class DigitPairs
{
    /// <summary>Numbers per row.</summary>
    public const int Features = Canvas * Canvas;

    private const int Side = 8, Canvas = 12, Shift = 4, Classes = 10, SourceTrain = 1200, Train = 1200, Test = 3000;
    private const float Brightest = 16, NoiseRate = 0.2f;

    private DigitPairs(ArrayDataset trainRows, ArrayDataset testRows) => (TrainRows, TestRows) = (trainRows, testRows);

    /// <summary>The path of the digits under the data folder.</summary>
    public static string Source => "sklearn-small/digits.csv.gz";

    /// <summary>Upper left and lower right.</summary>
    public static TaskSet Tasks { get; } = new(Target.MultiClass("upper left", Classes), Target.MultiClass("lower right", Classes));

    /// <summary>1200 composed pictures, a fifth of them with a wrong second label.</summary>
    public ArrayDataset TrainRows { get; }

    /// <summary>3000 composed pictures of other digits, with clean labels.</summary>
    public ArrayDataset TestRows { get; }

    /// <summary>Reads the digits.</summary>
    /// <param name="path">digits.csv.gz: 64 pixels of 0 to 16 and the class per line.</param>
    /// <returns>Pixels in [0, 1], <c>[digits, 64]</c>, and classes.</returns>
    public static (float[] Pixels, float[] Classes) Read(string path)
    {
        string[] names = [.. Enumerable.Range(0, (Side * Side) + 1).Select(i => string.Create(CultureInfo.InvariantCulture, $"c{i}"))];
        Table table = Table.ReadCsv(path, new ReadOptions { Header = false, ColumnNames = names, NumericColumns = names });
        float[] pixels = new float[table.Rows * Side * Side];
        for (int pixel = 0; pixel < Side * Side; pixel++)
        {
            ReadOnlySpan<float> column = ((NumericColumn)table[names[pixel]]).Values;
            for (int row = 0; row < column.Length; row++) pixels[(row * Side * Side) + pixel] = column[row] / Brightest;
        }

        return (pixels, ((NumericColumn)table[names[^1]]).Values.ToArray());
    }

    /// <summary>Splits the digits, composes pairs of each part, and falsifies training labels.</summary>
    /// <param name="digits">What <see cref="Read"/> read.</param>
    /// <param name="random">Draws everything.</param>
    public static DigitPairs Draw((float[] Pixels, float[] Classes) digits, RandomStream random)
    {
        int[] order = new int[digits.Classes.Length];
        random.FillPermutation(order);
        return new DigitPairs(Compose(digits, order.AsSpan(0, SourceTrain), Train, NoiseRate, random), Compose(digits, order.AsSpan(SourceTrain), Test, 0, random));
    }

    private static ArrayDataset Compose((float[] Pixels, float[] Classes) digits, ReadOnlySpan<int> sources, int rows, float noise, RandomStream random)
    {
        float[] pictures = new float[rows * Features], labels = new float[rows * 2];
        for (int row = 0; row < rows; row++)
        {
            int first = sources[random.NextInt32(sources.Length)], second = sources[random.NextInt32(sources.Length)];
            Span<float> picture = pictures.AsSpan(row * Features, Features);
            Draw(digits.Pixels.AsSpan(first * Side * Side, Side * Side), 0, picture);
            Draw(digits.Pixels.AsSpan(second * Side * Side, Side * Side), Shift, picture);
            labels[row * 2] = digits.Classes[first];

            // A wrong label is any of the other nine.
            float wrong = (digits.Classes[second] + 1 + random.NextInt32(Classes - 1)) % Classes;
            labels[(row * 2) + 1] = random.NextBernoulli(noise) ? wrong : digits.Classes[second];
        }

        return new ArrayDataset(pictures, Features, [], 0, labels, 2);
    }

    private static void Draw(ReadOnlySpan<float> digit, int shift, Span<float> picture)
    {
        for (int y = 0; y < Side; y++)
        {
            for (int x = 0; x < Side; x++)
            {
                ref float pixel = ref picture[((y + shift) * Canvas) + x + shift];
                pixel = Math.Max(pixel, digit[(y * Side) + x]);
            }
        }
    }
}
