namespace Polymath.Tensors.LinearAlgebra;

/// <summary>
/// The point of smallest norm in the convex hull of K vectors, from their Gram matrix: min w^T A w over the simplex (Wolfe 1976),
/// exact for any K.
/// </summary>
/// <remarks>
/// The optimality conditions A w >= l 1, w >= 0, w^T (A w - l 1) = 0 with l = ||point||^2 become, for x = w / l, those of
/// min 1/2 x^T A x - 1^T x, x >= 0, which <see cref="NonNegativeQuadratic"/> solves after scaling every row to norm one; so
/// vectors whose norms differ by a factor of 1e12 are no harder than equal ones. That problem is unbounded exactly when
/// the origin lies in the hull, and its certificate then gives the weights.
/// </remarks>
public static class MinimumNormPoint
{
    /// <summary>Finds the weights of the minimum-norm point.</summary>
    /// <param name="gramian">[K, K] row-major, symmetric, positive semi-definite.</param>
    /// <param name="weights">[K] on the simplex. Not unique when vectors are linearly dependent (the point is).</param>
    /// <param name="workspace">A solver to reuse, with capacity >= K; a fresh one when null.</param>
    /// <returns>The squared norm of the point, never negative; 0 when the origin is in the hull.</returns>
    public static double Find(ReadOnlySpan<double> gramian, Span<double> weights, NonNegativeQuadratic? workspace = null)
    {
        int n = weights.Length;
        SquareSize.Require(gramian, n, nameof(MinimumNormPoint));
        if (n == 0) throw new ArgumentException("MinimumNormPoint: there are 0 vectors, expected at least 1.");
        if (TakeZeroVectors(gramian, weights)) return 0;

        workspace ??= new NonNegativeQuadratic(n);
        workspace.Load(gramian, n);
        Span<double> ones = n <= 64 ? stackalloc double[n] : new double[n];
        ones.Fill(1);
        QuadraticOutcome outcome = workspace.Minimize(ones, weights);
        double sum = 0;
        foreach (double weight in weights) sum += weight;
        for (int i = 0; i < n; i++) weights[i] /= sum;

        // On the support A x = 1, so l = w^T A w = 1 / sum x, without the cancellation of the direct product.
        return outcome == QuadraticOutcome.Unbounded ? 0 : 1 / sum;
    }

    /// <summary>A zero vector is the answer; several share the weight, so that the order of the vectors does not matter.</summary>
    private static bool TakeZeroVectors(ReadOnlySpan<double> gramian, Span<double> weights)
    {
        int n = weights.Length, zeros = 0;
        for (int i = 0; i < n; i++)
        {
            bool zero = gramian[(i * n) + i] is >= 0 and < 1e-300;
            weights[i] = zero ? 1 : 0;
            if (zero) zeros++;
        }

        for (int i = 0; i < n && zeros > 0; i++) weights[i] /= zeros;
        return zeros > 0;
    }
}
