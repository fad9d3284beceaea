using Polymath.Learning;
using Polymath.Learning.Training;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>A learnable problem of a binary, a regression and a three-class task.</summary>
internal static class ToyData
{
    public const int Features = 4;

    public static TaskSet Tasks { get; } = new(Target.Binary("click"), Target.Regression("spend"), Target.MultiClass("kind", 3));

    public static ArrayDataset Make(int rows, ulong seed = 3, double missing = 0, int features = Features)
    {
        var random = new RandomStream(seed);
        float[] numeric = new float[rows * features], labels = new float[rows * 3];
        random.FillNormal(numeric);
        for (int i = 0; i < rows; i++)
        {
            ReadOnlySpan<float> x = numeric.AsSpan(i * features, features);
            labels[i * 3] = x[0] + x[1] > 0 ? 1f : 0f;
            labels[(i * 3) + 1] = x[0] - (2 * x[2]);
            labels[(i * 3) + 2] = x[1] > 0.5f ? 2f : x[3] > 0 ? 1f : 0f;
        }

        for (int i = 0; i < labels.Length; i++)
        {
            if (random.NextDouble() < missing) labels[i] = float.NaN;
        }

        return new ArrayDataset(numeric, features, [], 0, labels, 3);
    }

    /// <summary>One task of the problem with its data.</summary>
    public static (TaskSet Tasks, ArrayDataset Data) Single(int task, int rows) => (new TaskSet(Tasks[task]), Make(rows).OfTask(task));

    public static string[] Lines(FitResult result, TaskSet tasks) => [.. result.History.Select(record => EpochRecordJson.Write(record, tasks))];
}
