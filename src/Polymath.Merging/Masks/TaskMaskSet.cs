using Polymath.Merging.TaskVectors;

namespace Polymath.Merging.Masks;

/// <summary>T models in little room: a base, one multi-task vector, and per task one bit a weight and a scale. Made by <see cref="TallMasks"/>, <see cref="EmrMerging"/> or <see cref="MagnitudeMasks"/>.</summary>
/// <example><code>
/// TaskMaskSet set = TaskMaskSet.Load("masks.safetensors", theta0);
/// ModelState model = set.Reconstruct("german");
/// Console.WriteLine(set.CompressionReport().Ratio);
/// </code></example>
public sealed class TaskMaskSet
{
    private readonly MaskLayout _layout;

    internal TaskMaskSet(ModelState theta0, TaskVector multiTask, string[] tasks, BitMask[] masks, float[] lambdas, float[] scales)
    {
        _layout = new MaskLayout(theta0);
        for (int task = 0; task < masks.Length; task++)
        {
            if (masks[task].Length != _layout.Elements) throw new MergeException($"the mask of task '{tasks[task]}' is for {masks[task].Length} weights, expected {_layout.Elements} of the base.");
        }

        (Base, MultiTaskVector, Tasks, Masks, Lambdas, Scales) = (theta0, multiTask, tasks, masks, lambdas, scales);
    }

    /// <summary>theta_0.</summary>
    public ModelState Base { get; }

    /// <summary>tau_MT.</summary>
    public TaskVector MultiTaskVector { get; }

    /// <summary>Names of the tasks.</summary>
    public IReadOnlyList<string> Tasks { get; }

    /// <summary>One mask per task: tensors in the order of <see cref="TensorOrder"/>, their elements row-major.</summary>
    public IReadOnlyList<BitMask> Masks { get; }

    /// <summary>lambda of every task; NaN where the method has none.</summary>
    public IReadOnlyList<float> Lambdas { get; }

    /// <summary>What the masked vector of a task is multiplied by: 1 for TALL-masks, the rescalers of EMR.</summary>
    public IReadOnlyList<float> Scales { get; }

    /// <summary>What made the masks.</summary>
    public string Method { get; init; } = string.Empty;

    /// <summary>What the user should know.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Names of the tensors in the order of the masks (by code point).</summary>
    public IReadOnlyList<string> TensorOrder => _layout.Names;

    /// <summary>P, the number of weights.</summary>
    public long Elements => _layout.Elements;

    internal MaskLayout Layout => _layout;

    /// <summary>The share of weights that a task keeps, in [0, 1].</summary>
    public double Density(int task) => Masks[task].Density;

    /// <summary>The model of a task: theta_0 + scale_t m_t tau_MT.</summary>
    /// <param name="task">Its position.</param>
    public ModelState Reconstruct(int task)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(task);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(task, Tasks.Count);
        return _layout.Apply(Base, MultiTaskVector, Masks[task], Scales[task]);
    }

    /// <summary>The model of a task.</summary>
    /// <param name="task">Its name.</param>
    /// <exception cref="MergeException">There is no such task.</exception>
    public ModelState Reconstruct(string task)
    {
        for (int position = 0; position < Tasks.Count; position++)
        {
            if (Tasks[position] == task) return Reconstruct(position);
        }

        throw new MergeException($"there is no task '{task}'; the masks are of {string.Join(", ", Tasks)}.");
    }

    /// <summary>How many tasks keep each weight, in the order of the masks.</summary>
    /// <exception cref="MergeException">There are more than 255 tasks.</exception>
    public byte[] UsageCounts()
    {
        if (Tasks.Count > byte.MaxValue) throw new MergeException($"found {Tasks.Count} tasks, expected 255 at most where their masks are counted.");
        byte[] counts = new byte[Elements];
        foreach (BitMask mask in Masks)
        {
            ReadOnlySpan<byte> bytes = mask.Bytes;
            for (int i = 0; i < counts.Length; i++) counts[i] += (byte)((bytes[i >> 3] >> (7 - (i & 7))) & 1);
        }

        return counts;
    }

    /// <summary>The share of weights that exactly c tasks keep, for c = 0 (catastrophic), 1 (selfish), ... T.</summary>
    public double[] UsageShares()
    {
        long[] histogram = new long[Tasks.Count + 1];
        foreach (byte count in UsageCounts()) histogram[count]++;
        return Array.ConvertAll(histogram, weights => (double)weights / Math.Max(1, Elements));
    }

    /// <summary>What is saved against keeping T models.</summary>
    public MaskCompressionReport CompressionReport() => MaskCompressionReport.Of(this);

    /// <summary>Writes vector and masks (not the base, only a fingerprint of it) to one safetensors file, atomically.</summary>
    /// <param name="path">The file to create or replace.</param>
    public void Save(string path) => TaskMaskFile.Save(this, path);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <param name="theta0">The base that the masks were built on.</param>
    /// <exception cref="MergeException">The file is no mask file, or was built on another base.</exception>
    public static TaskMaskSet Load(string path, ModelState theta0)
    {
        ArgumentNullException.ThrowIfNull(theta0);
        return TaskMaskFile.Load(path, theta0);
    }
}
