using System.Numerics.Tensors;

namespace Polymath.Merging.Statistics;

/// <summary>The arithmetic of a Fisher-weighted mean: sum_m c_m F_m x_m / sum_m c_m F_m, element by element.</summary>
internal static class FisherBlend
{
    /// <summary>What is added to a norm before it is divided by.</summary>
    private const double AddedNorm = 1e-6;

    /// <summary>Adds one model.</summary>
    /// <param name="values">x.</param>
    /// <param name="fisher">F, zero or more; overwritten.</param>
    /// <param name="coefficient">c.</param>
    /// <param name="minimum">Added to every F, so that no element is without weight.</param>
    /// <param name="sum">Receives c F x.</param>
    /// <param name="weight">Receives c F.</param>
    public static void Add(ReadOnlySpan<float> values, Span<float> fisher, float coefficient, float minimum, Span<float> sum, Span<float> weight)
    {
        TensorPrimitives.Add(fisher, minimum, fisher);
        TensorPrimitives.Multiply(fisher, coefficient, fisher);
        TensorPrimitives.Add(weight, fisher, weight);
        TensorPrimitives.MultiplyAdd(fisher, values, sum, sum);
    }

    /// <summary>The coefficients once each model's Fisher values are divided by their norm over the whole model; they sum to 1.</summary>
    /// <param name="coefficients">One per model.</param>
    /// <param name="norms">The norms, or null when the values are taken as they are.</param>
    public static float[] Coefficients(IReadOnlyList<double> coefficients, IReadOnlyList<double>? norms)
    {
        double[] scaled = [.. coefficients.Select((coefficient, model) => norms is null ? coefficient : coefficient / (norms[model] + AddedNorm))];
        double sum = scaled.Sum();
        return Array.ConvertAll(scaled, each => (float)(each / sum));
    }
}
