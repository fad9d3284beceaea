using System.Numerics.Tensors;
using Polymath.Merging.Blending;
using Polymath.Merging.TaskVectors;

namespace Polymath.Merging.Statistics;

/// <summary>
/// The mean of models in memory, every element weighted by how much its model's predictions depend on it (Matena and Raffel, "Merging Models with
/// Fisher-Weighted Averaging", NeurIPS 2022): theta = sum_m c_m F_m theta_m / sum_m c_m F_m with diagonal Fisher values F.
/// </summary>
/// <example><code>
/// ModelState firstFisher = FisherEstimator.Classification(first, firstInputs, first.Forward);
/// ModelState merged = FisherMerging.Merge([ModelState.From(first), ModelState.From(second)], [firstFisher, secondFisher]);
/// </code></example>
public static class FisherMerging
{
    /// <summary>Merges models.</summary>
    /// <param name="models">The models, one or more, of one layout.</param>
    /// <param name="fisher">Their diagonal Fisher values, zero or more, of the same layout.</param>
    /// <param name="options">Coefficients and normalisation; null for the defaults.</param>
    /// <returns>The merged model, in the order of the first.</returns>
    /// <exception cref="MergeException">Numbers of models, layouts or options do not fit.</exception>
    public static ModelState Merge(IReadOnlyList<ModelState> models, IReadOnlyList<ModelState> fisher, FisherOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentNullException.ThrowIfNull(fisher);
        options ??= new FisherOptions();
        double[] coefficients = [.. options.Coefficients ?? [.. Enumerable.Repeat(1.0, models.Count)]];
        if (models.Count == 0 || fisher.Count != models.Count || coefficients.Length != models.Count)
            throw new MergeException($"found {models.Count} models, {fisher.Count} sets of Fisher values and {coefficients.Length} coefficients, expected one or more and the same number of each.");
        if (!(options.MinimalWeight > 0)) throw new MergeException($"the minimal Fisher weight is {options.MinimalWeight:G6}, expected a number above 0.");
        if (coefficients.Sum() == 0) throw new MergeException("the coefficients of the models sum to 0; change one.");
        for (int model = 0; model < models.Count; model++)
        {
            models[0].RequireSameLayout(models[model], $"model {model}");
            models[0].RequireSameLayout(fisher[model], $"the Fisher values of model {model}");
        }

        float[] scaled = FisherBlend.Coefficients(coefficients, options.Normalize ? [.. fisher.Select(Norm)] : null);
        return models[0].Map((tensor, values) =>
        {
            string name = models[0].Names[tensor];
            float[] sum = new float[values.Length], weight = new float[values.Length], scratch = new float[values.Length];
            for (int model = 0; model < models.Count; model++)
            {
                fisher[model][name].CopyTo(scratch);
                FisherBlend.Add(models[model][name], scratch, scaled[model], (float)options.MinimalWeight, sum, weight);
            }

            TensorPrimitives.Divide(sum, weight, sum);
            return sum;
        });
    }

    private static double Norm(ModelState fisher)
    {
        double square = 0;
        for (int tensor = 0; tensor < fisher.Count; tensor++) square += InnerProducts.Dot(fisher[tensor], fisher[tensor]);
        return Math.Sqrt(square);
    }
}
