using Polymath.Merging;
using Polymath.Merging.TaskVectors;
using Polymath.Tensors;

namespace Polymath.Reproductions.Merging;

/// <summary>A bench as the systems that learn how to merge take it: a pool of task vectors, and pictures behind the bench's encoder and heads.</summary>
internal static class BenchTaskData
{
    public static TaskVectorPool Pool(MergingBench bench) => new(bench.Theta0, [.. Enumerable.Range(0, bench.Tasks).Select(task => new NamedTaskVector(bench.NameOf(task), bench.TaskVectors[task]))]);

    /// <summary>A task's logits for some pictures of a split, through the encoder as it stands.</summary>
    public static RowForward Logits(MergingBench bench, int task, BenchSplit split)
    {
        LabelledImages images = bench.Images(task, split);
        float[] unused = new float[images.Count];
        return rows =>
        {
            Tensor batch = Tensor.Zeros(rows.Length, images.Features);
            images.Gather(rows, batch, unused);
            return bench.Head(task, bench.Encoder.Forward(batch));
        };
    }

    public static int[] Labels(MergingBench bench, int task, BenchSplit split) => Array.ConvertAll(bench.Images(task, split).Labels, label => (int)label);

    /// <summary>Every task's pictures of a split, without their labels.</summary>
    public static UnlabeledTask[] Unlabeled(MergingBench bench, BenchSplit split)
        => [.. Enumerable.Range(0, bench.Tasks).Select(task => new UnlabeledTask(bench.NameOf(task), bench.Images(task, split).Count, Logits(bench, task, split)))];

    /// <summary>A task's pictures of a split with their labels; its score is the accuracy on them, relative to the expert's.</summary>
    public static SupervisedTask Supervised(MergingBench bench, int task, BenchSplit split)
        => SupervisedTask.Classification(bench.NameOf(task), Labels(bench, task, split), Logits(bench, task, split)) with { Reference = bench.IndividualValidation[task] };
}
