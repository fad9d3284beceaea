using System.Globalization;
using Polymath.Merging.TaskVectors;

namespace Polymath.Merging.Masks;

/// <summary>
/// TALL-masks (Wang et al., "Localizing Task Information for Improved Model Merging and Compression", ICML 2024, arXiv 2405.07813): task t keeps the
/// weights with |tau_t| &gt; lambda_t |tau_MT - tau_t|, and theta_0 + m_t tau_MT is nearly its fine-tuned model. T models become a base, one vector and T bits a weight.
/// </summary>
/// <remarks>
/// With lambda = 1 the mask minimises the distance sum |theta_0 + m tau_MT - theta_t|. Masks depend on the multi-task vector, so a new task needs all
/// of them built again. Running statistics of batch normalisation are no weights: keep them per task.
/// </remarks>
/// <example><code>
/// TaskMaskSet set = TallMasks.Build(theta0, [french, german], new TallMaskOptions { Lambda = 0.4f });
/// ModelState almostGerman = set.Reconstruct(1);
/// set.Save("masks.safetensors");
/// </code></example>
public static class TallMasks
{
    private const float Fallback = 0.4f;

    /// <summary>Builds a mask per task.</summary>
    /// <param name="theta0">The base.</param>
    /// <param name="tuned">The fine-tuned models, one or more.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="evaluator">Scores a reconstruction on its task, to choose lambda; null where lambda is given or 0.4 is to be taken.</param>
    /// <exception cref="MergeException">There are no tuned models, tensors differ or are not finite, lambda is negative, or no lambda has a score above 0.</exception>
    public static TaskMaskSet Build(ModelState theta0, IReadOnlyList<ModelState> tuned, TallMaskOptions? options = null, TaskEvaluator? evaluator = null)
    {
        ArgumentNullException.ThrowIfNull(theta0);
        ArgumentNullException.ThrowIfNull(tuned);
        options ??= new TallMaskOptions();
        string[] names = TunedModels.Names(tuned.Count, options.TaskNames);
        float[] grid = options.Lambda is { } given ? [given] : evaluator is null ? [Fallback] : [.. options.LambdaGrid];
        foreach (float lambda in grid)
        {
            if (!(lambda >= 0) || float.IsInfinity(lambda)) throw new MergeException($"TALL-masks: found lambda {lambda.ToString(CultureInfo.InvariantCulture)}, expected a number of 0 or more.");
        }

        if (grid.Length == 0) throw new MergeException("TALL-masks: the grid of lambda is empty, expected one value or more.");
        TaskVector[] vectors = TunedModels.Vectors(theta0, tuned, names);
        TaskVector multiTask = options.MultiTaskVector.Combine(vectors);
        var layout = new MaskLayout(theta0);
        var masks = new BitMask[tuned.Count];
        float[] lambdas = new float[tuned.Count], scales = TunedModels.Ones(tuned.Count);
        for (int task = 0; task < tuned.Count; task++)
            (masks[task], lambdas[task]) = grid.Length == 1 ? (Mask(layout, vectors[task], multiTask, grid[0]), grid[0]) : Search(theta0, layout, vectors[task], multiTask, grid, task, names[task], evaluator!);
        return new TaskMaskSet(theta0, multiTask, names, masks, lambdas, scales)
        {
            Method = $"tall-masks, {options.MultiTaskVector.Name}",
            Warnings = tuned.Count > 1 ? [] : ["there is one model only, so its mask keeps every weight that fine-tuning changed."],
        };
    }

    /// <summary>The weights with |tau_t| &gt; lambda |tau_MT - tau_t|, all in single precision.</summary>
    internal static BitMask Mask(MaskLayout layout, TaskVector vector, TaskVector multiTask, float lambda)
    {
        var mask = new BitMask(layout.Elements);
        layout.ForEach((name, offset) =>
        {
            ReadOnlySpan<float> own = vector.Values[name], all = multiTask.Values[name];
            for (int i = 0; i < own.Length; i++)
            {
                if (Math.Abs(own[i]) > lambda * Math.Abs(all[i] - own[i])) mask[offset + i] = true;
            }
        });
        return mask;
    }

    private static (BitMask Mask, float Lambda) Search(ModelState theta0, MaskLayout layout, TaskVector vector, TaskVector multiTask, float[] grid, int task, string name, TaskEvaluator evaluator)
    {
        (BitMask? best, float chosen, double highest) = (null, 0f, 0);
        foreach (float lambda in grid)
        {
            BitMask mask = Mask(layout, vector, multiTask, lambda);
            double score = evaluator(layout.Apply(theta0, multiTask, mask, 1f), task);
            if (score > highest) (best, chosen, highest) = (mask, lambda, score);
        }

        return best is null ? throw new MergeException($"TALL-masks: no lambda gives task '{name}' a validation score above 0, so none can be chosen; check the evaluator or set lambda.") : (best, chosen);
    }
}
