namespace Polymath.Tensors.LinearAlgebra;

/// <summary>Euclidean projection on the probability simplex {w >= 0, sum w = 1} (Held, Wolfe and Crowder 1974; Duchi et al., ICML 2008).</summary>
public static class SimplexProjection
{
    private const int MaxStack = 256;

    /// <summary>Writes argmin over the simplex of ||w - point||; O(n log n), without garbage up to 256 elements.</summary>
    /// <param name="point">[n], n >= 1, finite.</param>
    /// <param name="destination">[n]; may be the same memory as <paramref name="point"/>.</param>
    public static void Project(ReadOnlySpan<double> point, Span<double> destination)
    {
        int n = point.Length;
        if (n == 0 || destination.Length != n)
        {
            throw new ArgumentException($"SimplexProjection: the point has {n} elements and the destination {destination.Length}, expected the same positive number.");
        }

        Span<double> sorted = n <= MaxStack ? stackalloc double[n] : new double[n];
        point.CopyTo(sorted);
        sorted.Sort();
        double sum = 0, threshold = 0;
        for (int i = 0; i < n; i++)
        {
            double value = sorted[n - 1 - i];
            sum += value;
            double candidate = (sum - 1) / (i + 1);
            if (value <= candidate) break;
            threshold = candidate;
        }

        for (int i = 0; i < n; i++) destination[i] = Math.Max(point[i] - threshold, 0);
    }
}
