using System.Diagnostics;
using System.Globalization;
using Polymath.Merging.Blending;
using Polymath.Merging.Methods;
using Polymath.Merging.Sources;
using Polymath.Tensors;

namespace Polymath.Benchmarks.Merging;

/// <summary>
/// What each merge method costs on one tensor in memory: 4096 x 4096 singles of a base and three fine-tunes, density 0.5. <c>bench/peers/merging.py tensor</c>
/// does the same with PyTorch.
/// </summary>
internal static class MergeMethodThroughput
{
    private const int Side = 4096, Models = 3, Repetitions = 5;
    private const float Scale = 0.02f, Change = 0.002f;

    /// <summary>Prints a row per method.</summary>
    /// <param name="names">The methods; none for those that need no files.</param>
    public static int Run(string[] names)
    {
        float[] theta0 = Draw(1, Scale, null), result = new float[Side * Side];
        float[][] tuned = [.. Enumerable.Range(0, Models).Select(model => Draw((ulong)model + 2, Change, theta0))];
        if (names.Length == 0) names = ["linear", "slerp", "karcher", "model_stock", "task_arithmetic", "ties", "dare_linear", "dare_ties", "breadcrumbs_ties", "della", "sce", "ram", "emr", "consensus_ta", "delta_guided"];
        Console.WriteLine("| method | ms | of them before the first block | GB/s of inputs and output |\n|---|---:|---:|---:|");
        foreach (string name in names)
        {
            TensorMerge tensor = Tensor(MergeMethods.Find(name), theta0, tuned);
            double best = double.MaxValue, prepared = double.MaxValue;
            for (int repetition = 0; repetition < Repetitions; repetition++)
            {
                long start = Stopwatch.GetTimestamp();
                IBlockRule rule = MergeMethods.Find(name).Prepare(tensor);
                prepared = Math.Min(prepared, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                tensor.ForEachBlock(rule.Granularity, rule.Scratch, block =>
                {
                    rule.Apply(block);
                    block.Output.CopyTo(result.AsSpan((int)block.Start));
                });
                best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            double bytes = (double)sizeof(float) * Side * Side * (tensor.Sources.Count + 1);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {best:F0} | {prepared:F0} | {bytes / best / 1e6:F1} |"));
        }

        return 0;
    }

    private static TensorMerge Tensor(MergeMethod method, float[] theta0, float[][] tuned)
    {
        Dictionary<string, object?> own = new() { ["weight"] = 0.5, ["density"] = 0.5 }, global = new() { ["t"] = 0.3, ["select_topk"] = 0.5 };
        bool takesBase = method.Base != BaseModelUse.Ignored;
        int models = Math.Min(Models, (method.MostModels ?? int.MaxValue) - (takesBase ? 1 : 0));
        IEnumerable<MergeSource> sources = tuned.Take(models).Select((model, i) => Source($"m{i}", model, false));
        return new TensorMerge("w", [Side, Side], [.. takesBase ? sources.Prepend(Source("base", theta0, true)) : sources], ParameterSet.Resolve(method.Parameters, global, method.Name));

        MergeSource Source(string name, float[] values, bool isBase) => new(name, new MemoryTensor("w", [Side, Side], values), isBase, ParameterSet.Resolve(method.ModelParameters, own, name, optional: isBase));
    }

    private static float[] Draw(ulong seed, float scale, float[]? from)
    {
        float[] values = new float[Side * Side];
        new RandomStream(seed).FillNormal(values, 0, scale);
        for (int i = 0; i < values.Length && from is not null; i++) values[i] += from[i];
        return values;
    }
}
