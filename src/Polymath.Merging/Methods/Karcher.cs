using Polymath.Merging.Blending;

namespace Polymath.Merging.Methods;

/// <summary>The point of the sphere with the least squared angles to the models' directions, at the mean of their lengths.</summary>
/// <remarks>Karcher, "Riemannian center of mass and mollifier smoothing", 1977; for merging, arXiv 2603.04972.</remarks>
public sealed class Karcher : MergeMethod
{
    /// <inheritdoc/>
    public override string Name => "karcher";

    /// <inheritdoc/>
    public override string Summary => "The direction with the least squared angles to all models, at their mean length.";

    /// <inheritdoc/>
    public override string Formula => "u sum_m |x_m| / n, u = argmin sum_m angle(u, x_m)^2 by at most max_iter steps along the sphere";

    /// <inheritdoc/>
    public override string Use => "averaging models that lie far from each other without shrinking them";

    /// <inheritdoc/>
    public override string Source => "Karcher, Riemannian center of mass and mollifier smoothing, 1977; arXiv 2603.04972";

    /// <inheritdoc/>
    public override BaseModelUse Base => BaseModelUse.Ignored;

    /// <inheritdoc/>
    public override IReadOnlyList<MethodParameter> Parameters => [MethodParameter.Number("max_iter", 10, "largest number of steps") with { Minimum = 0 }, MethodParameter.Number("tol", 1e-5, "a shorter step is the last; also the least norm of a model that counts")];

    /// <inheritdoc/>
    public override IBlockRule Prepare(TensorMerge tensor)
    {
        tensor = Checked(tensor);
        if (tensor.Sources.Count == 1) return BlockRule.Copy(0);
        int[] all = [.. Enumerable.Range(0, tensor.Sources.Count)];
        double tolerance = tensor.Parameters.Number("tol");
        var span = new SpanOfDirections(InnerProducts.Of(tensor, all, -1));
        // NaN norms stay, so that they reach the result.
        int[] valid = [.. all.Where(model => !(span.Length(model) <= tolerance))];
        if (valid.Length == 0) return new BlockRule(block => block.Output.Clear());
        double length = all.Sum(model => span.Length(model) / all.Length);
        double[] mean = Mean(span, all.Length, valid, tolerance, (int)tensor.Parameters.Number("max_iter"));
        return new Combination(valid, [.. valid.Select(model => mean[model] * length / span.Divisor(model))]);
    }

    private static double[] Mean(SpanOfDirections span, int models, int[] valid, double tolerance, int steps)
    {
        double[] mean = new double[models];
        double weight = 1.0 / valid.Length;
        foreach (int model in valid) mean[model] = weight;
        double norm = span.Norm(mean);
        if (norm < tolerance)
        {
            Array.Clear(mean);
            mean[valid[0]] = norm = 1;
        }

        mean = Array.ConvertAll(mean, part => part / norm);
        for (int step = 0; step < steps; step++)
        {
            double[] tangent = new double[models];
            foreach (int model in valid)
            {
                double cosine = Math.Clamp(span.Cosine(model, mean), -1, 1), angle = Math.Acos(cosine);
                // Towards a direction that is reached, or to its antipode, there is no way to choose.
                if (angle < tolerance || Math.PI - angle < tolerance) continue;
                double factor = weight * angle / Math.Sin(angle);
                tangent[model] += factor;
                for (int i = 0; i < models; i++) tangent[i] -= factor * cosine * mean[i];
            }

            double distance = span.Norm(tangent);
            if (distance < tolerance) break;
            double along = Math.Cos(distance), across = Math.Sin(distance) / distance;
            for (int i = 0; i < models; i++) mean[i] = (along * mean[i]) + (across * tangent[i]);
            norm = span.Norm(mean);
            if (norm > tolerance) mean = Array.ConvertAll(mean, part => part / norm);
        }

        return mean;
    }
}
