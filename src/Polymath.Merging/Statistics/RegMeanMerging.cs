using System.Numerics.Tensors;
using Polymath.Merging.TaskVectors;

namespace Polymath.Merging.Statistics;

/// <summary>
/// Merges models in memory layer by layer so that every linear layer's outputs stay near those of each model on that model's inputs (Jin et al.,
/// "Dataless Knowledge Fusion by Merging Weights of Language Models", ICLR 2023): W^T = (sum_m G_m)^-1 sum_m G_m W_m^T. Other tensors are averaged.
/// </summary>
/// <example><code>
/// ModelState merged = RegMeanMerging.Merge([first, second], [firstGrams, secondGrams], new RegMeanOptions { NonDiagonalRatio = 0.9 });
/// </code></example>
public static class RegMeanMerging
{
    /// <summary>Merges models.</summary>
    /// <param name="models">The models, one or more, of one layout.</param>
    /// <param name="grams">For each model the Gram matrices <c>[inputs, inputs]</c> of its linear layers, by layer name; a layer's weight is the tensor "name.weight".</param>
    /// <param name="options">Ratio, ridge and the layout of weights; null for the defaults.</param>
    /// <returns>The merged model, in the order of the first.</returns>
    /// <exception cref="MergeException">Models, layers or sizes do not fit, or a sum of Gram matrices is singular.</exception>
    public static ModelState Merge(IReadOnlyList<ModelState> models, IReadOnlyList<ModelState> grams, RegMeanOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentNullException.ThrowIfNull(grams);
        options ??= new RegMeanOptions();
        if (models.Count == 0 || grams.Count != models.Count) throw new MergeException($"found {models.Count} models and Gram matrices of {grams.Count}, expected one or more and the same number of both.");
        for (int model = 0; model < models.Count; model++)
        {
            models[0].RequireSameLayout(models[model], $"model {model}");
            if (model > 0) grams[0].RequireSameLayout(grams[model], $"the Gram matrices of model {model}");
        }

        return models[0].Map((tensor, values) =>
        {
            string name = models[0].Names[tensor];
            const string Weight = ".weight";
            string layer = name.EndsWith(Weight, StringComparison.Ordinal) ? name[..^Weight.Length] : name;
            return grams[0].Contains(layer) && models[0].ShapeOf(tensor).Axis.Length == 2 ? Regress(layer, name, models, grams, options) : Mean(name, values.Length, models);
        });
    }

    private static float[] Regress(string layer, string name, IReadOnlyList<ModelState> models, IReadOnlyList<ModelState> grams, RegMeanOptions options)
    {
        ReadOnlySpan<int> shape = models[0].ShapeOf(models[0].IndexOf(name)).Axis;
        (int outputs, int inputs) = options.Transposed ? (shape[0], shape[1]) : (shape[1], shape[0]);
        if (grams[0][layer].Length != inputs * inputs) throw new MergeException($"layer '{layer}': its Gram matrix has {grams[0][layer].Length} elements, expected {inputs} x {inputs} for a weight of shape [{shape[0]}, {shape[1]}]; check the layout of the weights.");
        double[][] wide = [.. grams.Select(gram => Array.ConvertAll(gram[layer].ToArray(), value => (double)value))];
        var system = new RegMeanSystem(layer, wide, inputs, options);
        double[] right = new double[outputs * inputs];
        for (int model = 0; model < models.Count; model++) system.Add(model, options.Transposed ? models[model][name] : MatrixLayout.Transpose(models[model][name], inputs, outputs), right);
        system.Solve(right);
        float[] merged = Array.ConvertAll(right, value => (float)value);
        return options.Transposed ? merged : MatrixLayout.Transpose(merged, outputs, inputs);
    }

    private static float[] Mean(string name, int length, IReadOnlyList<ModelState> models)
    {
        float[] mean = new float[length];
        foreach (ModelState model in models) TensorPrimitives.Add(mean, model[name], mean);
        TensorPrimitives.Divide(mean, models.Count, mean);
        return mean;
    }
}
