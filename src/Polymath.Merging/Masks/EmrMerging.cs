using System.Numerics.Tensors;
using Polymath.Merging.Blending;
using Polymath.Merging.TaskVectors;

namespace Polymath.Merging.Masks;

/// <summary>
/// EMR-Merging (Huang et al., "EMR-Merging: Tuning-Free High-Performance Model Merging", NeurIPS 2024, arXiv 2405.17461): elect, mask, rescale. With
/// gamma = sign(sum_t tau_t), the unified vector is gamma times the largest |tau_t| of that sign, task t keeps the weights with tau_t gamma &gt; 0, and its
/// rescaler gives the masked vector the mean magnitude of tau_t.
/// </summary>
/// <remarks>A zero sum elects a minus, and both means of the rescaler are sums over tensors of the means of each tensor, as in the released code.</remarks>
/// <example><code>
/// TaskMaskSet set = EmrMerging.Build(theta0, [french, german]);
/// ModelState almostGerman = set.Reconstruct(1);
/// </code></example>
public static class EmrMerging
{
    /// <summary>Elects, masks and rescales; needs no data.</summary>
    /// <param name="theta0">The base.</param>
    /// <param name="tuned">The fine-tuned models, one or more.</param>
    /// <param name="taskNames">Names of the tasks; null for "0", "1", ...</param>
    /// <exception cref="MergeException">There are no tuned models, or tensors differ or are not finite.</exception>
    public static TaskMaskSet Build(ModelState theta0, IReadOnlyList<ModelState> tuned, IReadOnlyList<string>? taskNames = null)
    {
        ArgumentNullException.ThrowIfNull(theta0);
        ArgumentNullException.ThrowIfNull(tuned);
        string[] names = TunedModels.Names(tuned.Count, taskNames);
        TaskVector[] vectors = TunedModels.Vectors(theta0, tuned, names);
        var layout = new MaskLayout(theta0);
        TaskVector unified = new(theta0.Map((tensor, values) => Unify(vectors, theta0.Names[tensor], new float[values.Length])));
        var masks = new BitMask[tuned.Count];
        float[] scales = new float[tuned.Count], lambdas = new float[tuned.Count];
        for (int task = 0; task < masks.Length; task++)
        {
            var mask = new BitMask(layout.Elements);
            double own = 0, kept = 0;
            layout.ForEach((name, offset) =>
            {
                ReadOnlySpan<float> tau = vectors[task].Values[name], common = unified.Values[name];
                double ofOwn = 0, ofKept = 0;
                for (int i = 0; i < tau.Length; i++)
                {
                    ofOwn += Math.Abs(tau[i]);

                    // The unified vector has the elected sign wherever any task agrees with it.
                    if (!(tau[i] * Math.Sign(common[i]) > 0)) continue;
                    mask[offset + i] = true;
                    ofKept += Math.Abs(common[i]);
                }

                own += ofOwn / Math.Max(1, tau.Length);
                kept += ofKept / Math.Max(1, tau.Length);
            });
            masks[task] = mask;
            scales[task] = kept == 0 ? 1f : (float)(own / kept);
            lambdas[task] = float.NaN;
        }

        return new TaskMaskSet(theta0, unified, names, masks, lambdas, scales) { Method = "emr" };
    }

    private static float[] Unify(TaskVector[] vectors, string name, float[] unified)
    {
        float[] sums = new float[unified.Length];
        foreach (TaskVector vector in vectors) TensorPrimitives.Add(sums, vector.Values[name], sums);

        foreach (TaskVector vector in vectors) EmrElection.Raise(vector.Values[name], sums, unified);
        EmrElection.Sign(unified, sums);
        return unified;
    }
}
