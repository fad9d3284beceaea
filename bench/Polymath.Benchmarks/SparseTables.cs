using System.Diagnostics;
using System.Globalization;
using Polymath.Learning;
using Polymath.Learning.Optimization;
using Polymath.Learning.Training;
using Polymath.Tabular;
using Polymath.Tensors;
using Polymath.Tensors.Kernels;

namespace Polymath.Benchmarks;

/// <summary>
/// Training rows per second of a shared bottom with one table of vectors, by the size of the table: trained as a whole, and only where a step
/// touches it. Ids are drawn evenly, so every batch touches about as many rows as it has.
/// </summary>
internal static class SparseTables
{
    private const int Batch = 2048, Steps = 40, WarmUp = 8, Width = 16, LargestWhole = 1_000_000;

    /// <summary>Arguments: threads (1).</summary>
    public static int Run(string[] arguments)
    {
        Workers.Configure(arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 1);
        // Compiles everything.
        Measure(LargestWhole, sparseFrom: 0);
        Measure(LargestWhole, sparseFrom: 1);
        Console.WriteLine("rows of the table   sparse rows/s   whole rows/s   touched");
        foreach (int rows in (ReadOnlySpan<int>)[10_000, 100_000, 1_000_000, 10_000_000])
        {
            (double sparse, int touched) = Measure(rows, sparseFrom: 1);
            string whole = rows > LargestWhole ? "-" : Measure(rows, sparseFrom: 0).RowsPerSecond.ToString("F0", CultureInfo.InvariantCulture);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows,17:N0} {sparse,15:F0} {whole,14} {touched,9:N0}"));
        }

        return 0;
    }

    private static (double RowsPerSecond, int Touched) Measure(int ids, int sparseFrom)
    {
        var random = new RandomStream(1);
        int[] categories = new int[Batch * Steps];
        float[] labels = new float[2 * categories.Length];
        for (int i = 0; i < categories.Length; i++) categories[i] = random.NextInt32(ids);
        random.FillBernoulli(labels, 0.3f);
        var model = new SharedBottom(new FeatureSchema([], [new CategoricalFeature("item", ids)]), new TaskSet(Target.Binary("click"), Target.Binary("buy")), new SharedBottomOptions { EmbeddingWidth = Width, BottomHidden = [64], TowerHidden = [16], SparseFrom = sparseFrom }, seed: 1);
        var ticks = new List<long>();
        new Trainer(model)
        {
            Optimizer = new Adam(),
            Options = new TrainerOptions { Epochs = 1, BatchSize = Batch, ConflictSamples = 0 },
            OnStep = (in StepRecord _) => ticks.Add(Stopwatch.GetTimestamp()),
        }.Fit(new ArrayDataset([], 0, categories, 1, labels, 2));
        long[] steps = [.. ticks.Skip(WarmUp).Zip(ticks.Skip(WarmUp - 1), (after, before) => after - before).Order()];
        int touched = model.NamedParameters().Select(entry => entry.Value.Window?.Touched ?? ids).First();
        return (Batch * (double)Stopwatch.Frequency / steps[steps.Length / 2], touched);
    }
}
