using System.Collections;
using System.Numerics.Tensors;
using Polymath.Merging.Blending;

namespace Polymath.Merging.TaskVectors;

/// <summary>
/// One unified vector for all tasks with a mask and a rescaler for each (Huang et al., "EMR-Merging: Tuning-Free High-Performance Model Merging",
/// NeurIPS 2024): the model of task t is theta_0 + rescaler_t mask_t tau. A task costs a bit per element.
/// </summary>
/// <example><code>
/// var emr = new EmrMerging([french, german, spanish]);
/// ModelState germanAgain = emr.Reconstruct(theta0, task: 1);
/// </code></example>
public sealed class EmrMerging
{
    private readonly BitArray[][] _masks;
    private readonly double[] _rescalers;

    /// <summary>Elects the unified vector, the masks and the rescalers.</summary>
    /// <param name="vectors">Task vectors of one base, one or more.</param>
    /// <exception cref="MergeException">There are no vectors, or their layouts differ.</exception>
    public EmrMerging(IReadOnlyList<TaskVector> vectors)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        if (vectors.Count == 0) throw new MergeException("there are no task vectors to merge, expected one or more.");
        ModelState first = vectors[0].Values;
        for (int task = 1; task < vectors.Count; task++) first.RequireSameLayout(vectors[task].Values, $"task vector {task}");
        Unified = new(first.Map((tensor, values) =>
        {
            string name = first.Names[tensor];
            float[] sum = new float[values.Length], unified = new float[values.Length];
            foreach (TaskVector vector in vectors) TensorPrimitives.Add(sum, vector.Values[name], sum);
            foreach (TaskVector vector in vectors) EmrElection.Raise(vector.Values[name], sum, unified);
            EmrElection.Sign(unified, sum);
            return unified;
        }));
        _masks = [.. vectors.Select(vector => Enumerable.Range(0, first.Count).Select(tensor => MaskOf(vector, tensor)).ToArray())];
        _rescalers = [.. vectors.Select((vector, task) => Rescaler(vector, task))];
    }

    /// <summary>The unified vector.</summary>
    public TaskVector Unified { get; }

    /// <summary>Number of tasks.</summary>
    public int Tasks => _rescalers.Length;

    /// <summary>For each task what its masked vector is multiplied by: the ratio of mean magnitudes, summed over tensors, before and after masking.</summary>
    public IReadOnlyList<double> Rescalers => _rescalers;

    /// <summary>Where a task's vector has the unified sign.</summary>
    /// <param name="task">Which task.</param>
    /// <param name="tensor">Which tensor, by its position in <see cref="Unified"/>.</param>
    public BitArray Mask(int task, int tensor) => _masks[task][tensor];

    /// <summary>The model of a task.</summary>
    /// <param name="theta0">The base.</param>
    /// <param name="task">Which task.</param>
    /// <exception cref="MergeException">The base has another layout.</exception>
    public ModelState Reconstruct(ModelState theta0, int task)
        => new TaskVector(Unified.Values.Map((tensor, values) => [.. values.Select((value, i) => _masks[task][tensor][i] ? value * (float)_rescalers[task] : 0f)])).ApplyTo(theta0);

    private BitArray MaskOf(TaskVector vector, int tensor)
    {
        ReadOnlySpan<float> unified = Unified.Values[tensor], values = vector.Values[Unified.Values.Names[tensor]];
        var mask = new BitArray(unified.Length);
        for (int i = 0; i < unified.Length; i++) mask[i] = unified[i] > 0 ? values[i] > 0 : unified[i] < 0 && values[i] < 0;
        return mask;
    }

    private double Rescaler(TaskVector vector, int task)
    {
        double before = 0, after = 0;
        for (int tensor = 0; tensor < Unified.Values.Count; tensor++)
        {
            ReadOnlySpan<float> unified = Unified.Values[tensor];
            double masked = 0;
            for (int i = 0; i < unified.Length; i++) masked += _masks[task][tensor][i] ? Math.Abs(unified[i]) : 0;
            before += (double)TensorPrimitives.SumOfMagnitudes<float>(vector.Values[Unified.Values.Names[tensor]]) / Math.Max(1, unified.Length);
            after += masked / Math.Max(1, unified.Length);
        }

        return after > 0 ? before / after : 1;
    }
}
