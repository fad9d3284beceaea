using Polymath.Tensors;

namespace Polymath.Reproductions.Merging;

/// <summary>The tasks of a bench: 1797 scikit-learn digits, split into 900, 300 and 597, and shown differently to every task.</summary>
internal static class BenchTasks
{
    public const int Side = 8, CanvasSide = 16, Train = 900, Validation = 300, MaxTasks = 8;
    private const float Noise = 0.15f;
    private const int Shift = 3;

    private static readonly (int Row, int Column)[] s_offsets = [(0, 0), (0, 8), (8, 0), (8, 8), (4, 4), (0, 4), (4, 0), (8, 4)];

    // The same permutation in every seed, as it is the task and not a draw.
    private static readonly int[] s_permutation = Permutation();

    /// <summary>The path of the digits under the data folder.</summary>
    public static string Source => FlatMtl.DigitPairs.Source;

    public static string NameOf(MergingBenchOptions options, int task)
        => options.OnCanvas ? $"at {s_offsets[task]}" : ((string[])["identity", "rotated", "mirrored", "inverted", "permuted", "upside down", "rolled down", "rolled right"])[task];

    /// <summary>The pictures of every task and split.</summary>
    /// <returns>[task][split].</returns>
    public static LabelledImages[][] Draw((float[] Pixels, float[] Classes) digits, MergingBenchOptions options, RandomStream random)
    {
        int[] order = new int[digits.Classes.Length];
        random.Derive("split").FillPermutation(order);
        int[][] splits = [order[..Train], order[Train..(Train + Validation)], order[(Train + Validation)..]];
        return [.. Enumerable.Range(0, options.Tasks).Select(task =>
        {
            RandomStream noise = random.Derive("noise").Derive((ulong)task);
            return (LabelledImages[])[.. splits.Select(rows => options.OnCanvas ? Place(digits, rows, s_offsets[task], noise) : Transform(digits, rows, task))];
        })];
    }

    private static LabelledImages Transform((float[] Pixels, float[] Classes) digits, int[] rows, int task)
    {
        const int Pixels = Side * Side;
        float[] inputs = new float[rows.Length * Pixels];
        for (int i = 0; i < rows.Length; i++)
        {
            ReadOnlySpan<float> image = digits.Pixels.AsSpan(rows[i] * Pixels, Pixels);
            for (int pixel = 0; pixel < Pixels; pixel++) inputs[(i * Pixels) + pixel] = Look(image, task, pixel / Side, pixel % Side);
        }

        return new(inputs, Array.ConvertAll(rows, row => digits.Classes[row]), Pixels);
    }

    private static float Look(ReadOnlySpan<float> image, int task, int row, int column) => task switch
    {
        0 => image[(row * Side) + column],
        1 => image[(column * Side) + Side - 1 - row],
        2 => image[(row * Side) + Side - 1 - column],
        3 => 1 - image[(row * Side) + column],
        4 => image[s_permutation[(row * Side) + column]],
        5 => image[((Side - 1 - row) * Side) + Side - 1 - column],
        6 => image[((row + Side - Shift) % Side * Side) + column],
        _ => image[(row * Side) + ((column + Side - Shift) % Side)],
    };

    private static LabelledImages Place((float[] Pixels, float[] Classes) digits, int[] rows, (int Row, int Column) offset, RandomStream random)
    {
        const int Pixels = CanvasSide * CanvasSide;
        float[] inputs = new float[rows.Length * Pixels];
        random.FillUniform(inputs, 0f, Noise);
        for (int i = 0; i < rows.Length; i++)
        {
            ReadOnlySpan<float> image = digits.Pixels.AsSpan(rows[i] * Side * Side, Side * Side);
            for (int pixel = 0; pixel < image.Length; pixel++) inputs[(i * Pixels) + ((offset.Row + (pixel / Side)) * CanvasSide) + offset.Column + (pixel % Side)] += image[pixel];
        }

        return new(inputs, Array.ConvertAll(rows, row => digits.Classes[row]), Pixels);
    }

    private static int[] Permutation()
    {
        int[] order = new int[Side * Side];
        new RandomStream(0).Derive("permuted digits").FillPermutation(order);
        return order;
    }
}
