using Polymath.Merging.Blending;

namespace Polymath.Merging.Methods;

/// <summary>The weighted mean of several directions on the sphere, at the weighted mean of their lengths.</summary>
/// <remarks>The rule of mergekit's method of this name: one step of a Karcher mean from the normalised sum of the directions.</remarks>
public sealed class MultiSlerp : MergeMethod
{
    /// <inheritdoc/>
    public override string Name => "multislerp";

    /// <inheritdoc/>
    public override string Summary => "The weighted mean direction of several models or task vectors, at their mean length.";

    /// <inheritdoc/>
    public override string Formula => "(mu cos |g| + g / |g| sin |g|) sum_m w_m |T_m|, mu = normalised sum_m w_m T_m / |T_m|, g = mean of the directions in the plane tangent to mu";

    /// <inheritdoc/>
    public override string Use => "slerp for more than two models";

    /// <inheritdoc/>
    public override string Source => "Goddard et al., Arcee's MergeKit, EMNLP 2024 industry track";

    /// <inheritdoc/>
    public override BaseModelUse Base => BaseModelUse.Optional;

    /// <inheritdoc/>
    public override IReadOnlyList<MethodParameter> Parameters => [MethodParameter.Flag("normalize_weights", true, "divide the weights by their sum"), MethodParameter.Number("eps", 1e-8, "norms below count as zero")];

    /// <inheritdoc/>
    public override IReadOnlyList<MethodParameter> ModelParameters => [MethodParameter.RequiredNumber("weight", "weight of the model")];

    /// <inheritdoc/>
    public override IBlockRule Prepare(TensorMerge tensor)
    {
        tensor = Checked(tensor);
        int[] models = tensor.Models;
        if (models.Length <= 1) return BlockRule.Copy(models.Length == 1 ? models[0] : tensor.BaseIndex);
        double[] weights = Array.ConvertAll(models, model => tensor.Sources[model].Parameters.Number("weight"));
        if (tensor.Parameters.Flag("normalize_weights"))
        {
            double sum = weights.Sum();
            if (sum == 0) throw new MergeException($"{Name}: the weights of tensor '{tensor.Name}' sum to 0 and cannot be normalized; change a weight, or set normalize_weights to false.");
            weights = Array.ConvertAll(weights, weight => weight / sum);
        }

        double eps = tensor.Parameters.Number("eps");
        var span = new SpanOfDirections(InnerProducts.Of(tensor, models, tensor.BaseIndex), eps);
        // A tensor that no model changed has no directions, and no need of any.
        if (models.Select((_, i) => span.Length(i)).All(each => each == 0)) return new Combination(models, weights, tensor.BaseIndex);
        double[] mean = weights;
        double norm = span.Norm(mean);
        if (norm < eps)
        {
            if (models.Length == 2) return new Combination(models, weights, tensor.BaseIndex);
            throw new MergeException($"{Name}: the directions of tensor '{tensor.Name}' cancel, so that their mean has none; leave out a model, or change the weights.");
        }

        mean = Array.ConvertAll(mean, part => part / norm);
        double along = 0, length = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            along += weights[i] * span.Cosine(i, mean);
            length += weights[i] * span.Length(i);
        }

        double[] tangent = [.. weights.Select((weight, i) => weight - (along * mean[i]))];
        double step = span.Norm(tangent) + eps;
        return new Combination(models, [.. mean.Select((part, i) => ((part * Math.Cos(step)) + (tangent[i] * Math.Sin(step) / step)) * length / span.Divisor(i))], tensor.BaseIndex);
    }
}
