namespace Polymath.Merging;

/// <summary>The penalty of aTLAS on its coefficients: gamma times the mean over blocks of the p-norm over task vectors.</summary>
/// <example><code>
/// double penalty = CoefficientNorm.Penalty(result.Coefficients.Values, vectors: 3, p: 2, strength: 0.5);
/// </code></example>
public static class CoefficientNorm
{
    /// <summary>The penalty.</summary>
    /// <param name="coefficients">[vectors, blocks] row-major.</param>
    /// <param name="vectors">Number of task vectors.</param>
    /// <param name="p">1 or 2; null for a penalty of 0.</param>
    /// <param name="strength">gamma.</param>
    /// <param name="gradient">Its gradient is added here; empty when it is not wanted. A block of zeros has gradient 0.</param>
    public static double Penalty(ReadOnlySpan<float> coefficients, int vectors, int? p, double strength, Span<float> gradient = default)
    {
        if (p is null) return 0;
        if (p is not (1 or 2)) throw new ArgumentOutOfRangeException(nameof(p), p, "expected 1, 2 or null.");
        if (vectors < 1 || coefficients.Length % vectors != 0) throw new ArgumentException($"CoefficientNorm: found {coefficients.Length} coefficients of {vectors} vectors, expected as many for each.", nameof(vectors));
        int blocks = coefficients.Length / vectors;
        double total = 0, share = strength / blocks;
        for (int b = 0; b < blocks; b++)
        {
            double norm = 0;
            for (int v = 0; v < vectors; v++) norm += p == 1 ? Math.Abs(coefficients[(v * blocks) + b]) : (double)coefficients[(v * blocks) + b] * coefficients[(v * blocks) + b];
            if (p == 2) norm = Math.Sqrt(norm);
            total += norm;
            for (int v = 0; !gradient.IsEmpty && norm > 0 && v < vectors; v++)
            {
                float value = coefficients[(v * blocks) + b];
                gradient[(v * blocks) + b] += (float)(share * (p == 1 ? Math.Sign(value) : value / norm));
            }
        }

        return share * total;
    }
}
