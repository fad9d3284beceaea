using System.Globalization;
using System.Numerics.Tensors;
using Polymath.Merging.TaskVectors;

namespace Polymath.Merging.Fusion;

/// <summary>
/// One model of several checkpoints of the same start: the uniform soup (Wortsman et al., ICML 2022), and delta-guided fusion (CoDiEmb, Zhang et al. 2025), where a
/// checkpoint counts for more in the parameters it moved further, delta_k = theta_k - theta_0.
/// </summary>
/// <remarks>
/// CoDiEmb's fusion has no public code, and its exact weighting could not be verified: weights in proportion to the norm of the change of each tensor, and the
/// other choices here, follow its description. theta_0 + sum_k w_k delta_k is worked out as theta_1 + sum_k w_k (theta_k - theta_1), which is the same since the
/// weights sum to one, and gives equal checkpoints back to the last bit.
/// </remarks>
/// <example><code>
/// ModelState fused = CheckpointFusion.DeltaGuided(theta0, [run1, run2, run3]);
/// ModelState soup = CheckpointFusion.UniformSoup([run1, run2, run3]);
/// </code></example>
public static class CheckpointFusion
{
    /// <summary>Fuses by how far each checkpoint moved.</summary>
    /// <param name="theta0">What all checkpoints started from.</param>
    /// <param name="checkpoints">One or more, with the tensors of the start.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="MergeException">There are no checkpoints, tensors differ, an element is not finite, or the temperature is not positive.</exception>
    public static ModelState DeltaGuided(ModelState theta0, IReadOnlyList<ModelState> checkpoints, FusionOptions? options = null)
    {
        options ??= new FusionOptions();
        Require(theta0, checkpoints, options);
        double[][] weights = options.Level == FusionLevel.Tensor ? Weights(theta0, checkpoints, options) : [];
        return theta0.Map((tensor, start) => options.Level == FusionLevel.Tensor
            ? Mix(checkpoints, theta0.Names[tensor], start.Length, weights[tensor])
            : MixElements(checkpoints, theta0.Names[tensor], start, options));
    }

    /// <summary>The weight of every checkpoint in every tensor, at the level of tensors.</summary>
    /// <param name="theta0">What all checkpoints started from.</param>
    /// <param name="checkpoints">One or more, with the tensors of the start.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <returns>[tensor][checkpoint], in the order of the start; every row sums to 1.</returns>
    /// <exception cref="MergeException">As in <see cref="DeltaGuided"/>.</exception>
    public static double[][] Weights(ModelState theta0, IReadOnlyList<ModelState> checkpoints, FusionOptions? options = null)
    {
        options ??= new FusionOptions();
        Require(theta0, checkpoints, options);
        return [.. theta0.Names.Select(name =>
        {
            double[] lengths = [.. checkpoints.Select(checkpoint => Length(checkpoint[name], theta0[name], options.MeanMagnitude))];
            ToWeights(lengths, options);
            return lengths;
        })];
    }

    /// <summary>The mean of the checkpoints.</summary>
    /// <param name="checkpoints">One or more, with the same tensors.</param>
    /// <exception cref="MergeException">There are no checkpoints, or tensors differ.</exception>
    public static ModelState UniformSoup(IReadOnlyList<ModelState> checkpoints)
    {
        ArgumentNullException.ThrowIfNull(checkpoints);
        if (checkpoints.Count == 0) throw new MergeException("there are no checkpoints, expected one or more.");
        for (int k = 1; k < checkpoints.Count; k++) checkpoints[0].RequireSameLayout(checkpoints[k], $"checkpoint {k}");
        double[] equal = [.. checkpoints.Select(_ => 1.0 / checkpoints.Count)];
        return checkpoints[0].Map((tensor, values) => Mix(checkpoints, checkpoints[0].Names[tensor], values.Length, equal));
    }

    private static float[] Mix(IReadOnlyList<ModelState> checkpoints, string name, int length, double[] weights)
    {
        ReadOnlySpan<float> first = checkpoints[0][name];
        double[] moved = new double[length];
        for (int k = 1; k < weights.Length; k++)
        {
            ReadOnlySpan<float> other = checkpoints[k][name];
            for (int i = 0; i < moved.Length; i++) moved[i] += weights[k] * ((double)other[i] - first[i]);
        }

        float[] mixed = new float[length];
        for (int i = 0; i < mixed.Length; i++) mixed[i] = (float)(first[i] + moved[i]);
        return mixed;
    }

    private static float[] MixElements(IReadOnlyList<ModelState> checkpoints, string name, float[] start, FusionOptions options)
    {
        float[] mixed = new float[start.Length];
        double[] weights = new double[checkpoints.Count];
        float[][] values = [.. checkpoints.Select(checkpoint => checkpoint[name].ToArray())];
        for (int i = 0; i < mixed.Length; i++)
        {
            for (int k = 0; k < weights.Length; k++) weights[k] = Math.Abs((double)values[k][i] - start[i]);
            ToWeights(weights, options);
            double moved = 0;
            for (int k = 1; k < weights.Length; k++) moved += weights[k] * ((double)values[k][i] - values[0][i]);
            mixed[i] = (float)(values[0][i] + moved);
        }

        return mixed;
    }

    private static void ToWeights(double[] lengths, FusionOptions options)
    {
        const double Nothing = 1e-12;
        if (options.Weighting == FusionWeighting.Softmax)
        {
            TensorPrimitives.Divide(lengths, options.Temperature, lengths);
            TensorPrimitives.SoftMax<double>(lengths, lengths);
            return;
        }

        double sum = TensorPrimitives.Sum<double>(lengths);
        if (sum <= Nothing) Array.Fill(lengths, 1.0 / lengths.Length);
        else TensorPrimitives.Divide(lengths, sum, lengths);
    }

    private static double Length(ReadOnlySpan<float> checkpoint, ReadOnlySpan<float> start, bool meanMagnitude)
    {
        double sum = 0;
        for (int i = 0; i < start.Length; i++)
        {
            double delta = (double)checkpoint[i] - start[i];
            sum += meanMagnitude ? Math.Abs(delta) : delta * delta;
        }

        return meanMagnitude ? sum / Math.Max(1, start.Length) : Math.Sqrt(sum);
    }

    private static void Require(ModelState theta0, IReadOnlyList<ModelState> checkpoints, FusionOptions options)
    {
        ArgumentNullException.ThrowIfNull(theta0);
        ArgumentNullException.ThrowIfNull(checkpoints);
        if (!(options.Temperature > 0)) throw new MergeException($"fusion: found temperature {options.Temperature.ToString(CultureInfo.InvariantCulture)}, expected more than 0.");
        TunedModels.Vectors(theta0, checkpoints, [.. checkpoints.Select((_, k) => k.ToString(CultureInfo.InvariantCulture))]);
    }
}
