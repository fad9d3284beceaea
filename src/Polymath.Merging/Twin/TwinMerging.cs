using System.Text.RegularExpressions;
using Polymath.Merging.TaskVectors;

namespace Polymath.Merging.Twin;

/// <summary>
/// Twin-Merging (Lu et al., "Twin-Merging: Dynamic Integration of Modular Expertise in Model Merging", NeurIPS 2024, arXiv 2406.15479): a shared expert
/// theta* = theta_0 + gamma sum_t tau_t, a small exclusive vector v_t = C(theta_t - theta*) per task, and for an input x the network with
/// theta* + sum_t w_t(x) v_t, where a router gives the weights w.
/// </summary>
/// <remarks>
/// Adapters (LoRA) are merged as the products of their factors: apply them to the base first. The released code merges factors one by one, which is
/// not the same, as (sum A)(sum B) is not sum A B.
/// </remarks>
/// <example><code>
/// TwinModel twin = TwinMerging.Build(theta0, [french, german], new TwinOptions { Compression = TwinCompression.LowRank(0.1), TaskNames = ["fr", "de"] });
/// TwinRouter router = TwinRouter.Fit(features, taskOfRow, twin.Tasks);
/// ModelState german = twin.MaterialiseFor(1);
/// </code></example>
public static class TwinMerging
{
    /// <summary>Builds the shared expert and the exclusive vectors; needs no data.</summary>
    /// <param name="theta0">The base.</param>
    /// <param name="tuned">The fine-tuned models, one or more.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="MergeException">There are no tuned models, tensors differ or are not finite, every tensor is excluded, or a compression keeps nothing.</exception>
    public static TwinModel Build(ModelState theta0, IReadOnlyList<ModelState> tuned, TwinOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(theta0);
        ArgumentNullException.ThrowIfNull(tuned);
        options ??= new TwinOptions();
        string[] tasks = TunedModels.Names(tuned.Count, options.TaskNames);
        TaskVector[] vectors = TunedModels.Vectors(theta0, tuned, tasks);
        Regex[] exclude = [.. options.Exclude.Select(Pattern)];
        bool[] own = [.. theta0.Names.Select(name => Array.Exists(exclude, pattern => pattern.IsMatch(name)))];
        if (Array.TrueForAll(own, static excluded => excluded)) throw new MergeException($"twin-merging: every tensor matches {string.Join(" or ", options.Exclude)}, expected some that do not; nothing is left to merge.");
        TaskVector sum = TaskVector.Sum(vectors);
        ModelState merged = sum.ApplyTo(theta0, options.Scaling), shared = theta0.Map((tensor, values) => own[tensor] ? (float[])values.Clone() : merged[tensor].ToArray());
        var warnings = new List<string>();
        var parts = new TwinTask[tuned.Count];
        for (int task = 0; task < parts.Length; task++)
        {
            var exclusive = new Dictionary<string, ExclusiveTensor>(StringComparer.Ordinal);
            var kept = new Dictionary<string, float[]>(StringComparer.Ordinal);
            for (int tensor = 0; tensor < theta0.Count; tensor++)
            {
                string name = theta0.Names[tensor];
                float[] values = tuned[task][name].ToArray();
                if (own[tensor])
                {
                    kept.Add(name, values);
                    continue;
                }

                System.Numerics.Tensors.TensorPrimitives.Subtract(values, shared[tensor], values);
                ExclusiveTensor part = ExclusiveCompressor.Compress(values, theta0.ShapeOf(tensor), options.Compression, name, tasks[task]);
                if (part is { IsLowRank: true, Rank: 0 } && task == 0) warnings.Add($"tensor '{name}' is too small for {options.Compression}: nothing of it is kept.");
                exclusive.Add(name, part);
            }

            parts[task] = new TwinTask(tasks[task], exclusive, kept);
        }

        return new TwinModel(shared, parts) { Warnings = warnings, Description = options.Compression.ToString() };
    }

    private static Regex Pattern(string text)
    {
        try
        {
            return new Regex(text, RegexOptions.CultureInvariant);
        }
        catch (ArgumentException exception)
        {
            throw new MergeException($"twin-merging: '{text}' is no regular expression: {exception.Message}", exception);
        }
    }
}
