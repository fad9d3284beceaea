using Polymath.Tensors;
using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Learning.Regularization;

/// <summary>
/// The exponent of the eigenvalue tail of W^T W (heavy-tailed self-regularisation: Martin and Mahoney, JMLR 2021), a diagnostic of how far a
/// layer was trained. The tail begins where a power law fits it best, and its exponent is the maximum-likelihood one (Clauset, Shalizi and
/// Newman, SIAM Review 2009): alpha = 1 + n / sum ln(x_i / x_min). Not to be confused with the regularisers, which look at representations.
/// </summary>
/// <example><code>
/// PowerLawFit fit = PowerLawAlpha.Fit(layer.Weight.Value);     // fit.Alpha
/// </code></example>
public static class PowerLawAlpha
{
    private const int LeastEigenvalues = 3;

    // Eigenvalues below this share of the largest one are rounding errors of single-precision weights.
    private const double Negligible = 1e-10;

    /// <summary>Fits the tail of a layer.</summary>
    /// <param name="weight">[outputs, inputs] or a kernel [outputs, inputs, ...], whose axes after the first are taken together.</param>
    /// <exception cref="ArgumentException">Fewer than two axes, values that are not finite, or fewer than 3 eigenvalues that are not zero.</exception>
    public static PowerLawFit Fit(Tensor weight)
    {
        if (weight.Shape.Rank < 2) throw new ArgumentException($"PowerLawAlpha: found a weight {weight.Shape}, expected at least two axes.", nameof(weight));
        return FitTail(Eigenvalues(weight.Span, weight.Shape[0], weight.Shape.Product(1, weight.Shape.Rank)));
    }

    /// <summary>Fits the tail of positive numbers.</summary>
    /// <param name="values">In any order; those that are negligible beside the largest are left out.</param>
    /// <exception cref="ArgumentException">A value is not finite, or fewer than 3 are left.</exception>
    public static PowerLawFit FitTail(ReadOnlySpan<double> values)
    {
        double largest = 0;
        foreach (double value in values)
        {
            if (!double.IsFinite(value)) throw new ArgumentException($"PowerLawAlpha: found {value}, expected finite numbers.", nameof(values));
            largest = Math.Max(largest, value);
        }

        double[] sorted = [.. values.ToArray().Where(value => value > Negligible * largest).Order()];
        if (sorted.Length < LeastEigenvalues) throw new ArgumentException($"PowerLawAlpha: found {sorted.Length} values that are not zero, expected at least {LeastEigenvalues}.", nameof(values));
        PowerLawFit best = default;
        double logs = 0;
        for (int first = sorted.Length - 1, tail = 1; first >= 0; first--, tail++)
        {
            logs += Math.Log(sorted[first]);
            double excess = logs - (tail * Math.Log(sorted[first]));
            if (tail < LeastEigenvalues - 1 || excess <= 0) continue;
            double alpha = 1 + (tail / excess), distance = Distance(sorted.AsSpan(first), alpha);
            if (best.Tail == 0 || distance < best.Distance) best = new PowerLawFit(alpha, sorted[first], distance, tail);
        }

        return best.Tail > 0 ? best : throw new ArgumentException("PowerLawAlpha: all values are equal, so there is no tail to fit.", nameof(values));
    }

    /// <summary>Largest difference between the distribution of the tail and 1 - (x / x_min)^(1 - alpha).</summary>
    private static double Distance(ReadOnlySpan<double> tail, double alpha)
    {
        double distance = 0;
        for (int i = 0; i < tail.Length; i++)
        {
            double law = 1 - Math.Pow(tail[i] / tail[0], 1 - alpha);
            distance = Math.Max(distance, Math.Max(Math.Abs(law - ((double)i / tail.Length)), Math.Abs(law - ((i + 1.0) / tail.Length))));
        }

        return distance;
    }

    /// <summary>Those of the smaller of W W^T and W^T W, which share all that are not zero.</summary>
    private static double[] Eigenvalues(ReadOnlySpan<float> weight, int rows, int columns)
    {
        bool wide = rows <= columns;
        int n = wide ? rows : columns, inner = wide ? columns : rows;
        (int step, int stride) = wide ? (1, columns) : (columns, 1);
        double[] gram = new double[n * n], values = new double[n], vectors = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = 0;
                for (int k = 0; k < inner; k++) sum += (double)weight[(i * stride) + (k * step)] * weight[(j * stride) + (k * step)];
                gram[(i * n) + j] = gram[(j * n) + i] = sum;
            }
        }

        if (!gram.All(double.IsFinite)) throw new ArgumentException("PowerLawAlpha: the weight holds a number that is not finite.", nameof(weight));
        SymmetricEigen.Decompose(gram, values, vectors);
        return values;
    }
}
