using Polymath.Merging.TaskVectors;

namespace Polymath.Merging.Masks;

/// <summary>
/// Consensus merging (Wang et al., ICML 2024, arXiv 2405.07813): one model without the weights that no task uses (catastrophic) or only one (selfish),
/// tau_cons = [sum_t m_t &gt;= k] tau_MT, theta = theta_0 + alpha tau_cons.
/// </summary>
/// <example><code>
/// TaskMaskSet set = TallMasks.Build(theta0, tuned, evaluator: accuracy);
/// ConsensusModel merged = ConsensusMerging.Merge(set, score: NormalizedScore.Of(tuned, accuracy));
/// merged.Model.Save("merged.safetensors");
/// </code></example>
public static class ConsensusMerging
{
    private const float Fallback = 0.3f;

    /// <summary>Cuts the multi-task vector and scales it.</summary>
    /// <param name="set">Masks built with the multi-task vector that is to be merged.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="score">Scores a merged model, higher is better; <see cref="NormalizedScore"/> makes the paper's. Null where the scale is given or 0.3 is to be taken.</param>
    /// <exception cref="MergeException">k is out of range, or no scale has a score above 0.</exception>
    public static ConsensusModel Merge(TaskMaskSet set, ConsensusOptions? options = null, Func<ModelState, double>? score = null)
    {
        ArgumentNullException.ThrowIfNull(set);
        options ??= new ConsensusOptions();
        TaskVector vector = Vector(set, options.Agreement, out double density);
        if (options.Scale is { } given || score is null)
        {
            float scale = options.Scale ?? Fallback;
            return new(vector.ApplyTo(set.Base, scale), vector, scale, double.NaN, density);
        }

        (float chosen, double highest) = (float.NaN, 0);
        foreach (float scale in options.ScaleGrid)
        {
            double found = score(vector.ApplyTo(set.Base, scale));
            if (found > highest) (chosen, highest) = (scale, found);
        }

        if (float.IsNaN(chosen)) throw new MergeException("consensus merging: no scale has a score above 0, so none can be chosen; check the score or set the scale.");
        return new(vector.ApplyTo(set.Base, chosen), vector, chosen, highest, density);
    }

    /// <summary>tau_cons, the multi-task vector where at least k tasks keep a weight.</summary>
    /// <param name="set">The masks.</param>
    /// <param name="agreement">k, from 0 to T + 1.</param>
    /// <exception cref="MergeException">k is out of range.</exception>
    public static TaskVector Vector(TaskMaskSet set, int agreement) => Vector(set, agreement, out _);

    /// <summary>[sum_t m_t &gt;= k], in the order of the masks.</summary>
    /// <param name="set">The masks.</param>
    /// <param name="agreement">k, from 0 to T + 1.</param>
    /// <exception cref="MergeException">k is out of range.</exception>
    public static BitMask Mask(TaskMaskSet set, int agreement)
    {
        ArgumentNullException.ThrowIfNull(set);
        if (agreement < 0 || agreement > set.Tasks.Count + 1) throw new MergeException($"consensus merging: found k = {agreement} for {set.Tasks.Count} tasks, expected 0 (keep all) to {set.Tasks.Count + 1} (keep none).");
        byte[] counts = set.UsageCounts();
        var mask = new BitMask(counts.Length);
        for (int i = 0; i < counts.Length; i++)
        {
            if (counts[i] >= agreement) mask[i] = true;
        }

        return mask;
    }

    private static TaskVector Vector(TaskMaskSet set, int agreement, out double density)
    {
        BitMask mask = Mask(set, agreement);
        density = mask.Density;
        return set.Layout.Cut(set.MultiTaskVector, index => mask[index]);
    }
}
