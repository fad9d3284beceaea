using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Learning.Balancing;

/// <summary>
/// The quadratic programme of FORUM: min over lambda on the simplex and nu >= max(pi^T lambda, 0) of ||G^T lambda + nu g_q||^2 - nu phi ||g_q||^2, the rows
/// of G of unit norm.
/// </summary>
/// <remarks>
/// For given lambda the best nu without its bounds, phi / 2 - u / ||g_q||, is below pi^T lambda = phi - u / ||g_q||, where u = lambda^T G g_q / ||g_q||.
/// So nu = max(pi^T lambda, 0), and with t = phi ||g_q|| what is left is convex in lambda alone:
/// lambda^T C lambda - u^2 + t u where u is at most t, and lambda^T C lambda where it is not (C = G G^T). Both pieces are
/// quadratic programmes over a simplex cut by a hyperplane; the better of the two minima is the minimum.
/// <para>A piece is solved by the method of multipliers: its equations become a penalty, an active-set solver meets lambda >= 0, and
/// the multipliers take up what the penalty leaves.</para>
/// </remarks>
internal static class FORUMDual
{
    private const double Penalty = 1e4, Precision = 1e-13, Accepted = 1e-6;
    private const int MaxRounds = 100;

    /// <summary>Solves for the multipliers of the outer losses.</summary>
    /// <param name="cosines">[K, K] C, the inner products of the normalised outer gradients.</param>
    /// <param name="along">[K] their inner products with g_q / ||g_q||.</param>
    /// <param name="threshold">t.</param>
    /// <param name="lambda">[K] on the simplex.</param>
    /// <param name="solver">Capacity at least K + 1.</param>
    /// <returns>Whether the equations were met.</returns>
    public static bool Solve(ReadOnlySpan<double> cosines, ReadOnlySpan<double> along, double threshold, Span<double> lambda, NonNegativeQuadratic solver)
    {
        int n = lambda.Length;
        double least = double.PositiveInfinity, most = double.NegativeInfinity;
        foreach (double u in along) (least, most) = (Math.Min(least, u), Math.Max(most, u));
        if (most <= threshold) return Piece(cosines, along, threshold, below: true, cut: false, lambda, solver);
        if (least >= threshold) return Piece(cosines, along, threshold, below: false, cut: false, lambda, solver);
        Span<double> other = n <= 64 ? stackalloc double[n] : new double[n];
        bool solved = Piece(cosines, along, threshold, below: true, cut: true, lambda, solver) & Piece(cosines, along, threshold, below: false, cut: true, other, solver);
        if (Objective(cosines, along, threshold, other) < Objective(cosines, along, threshold, lambda)) other.CopyTo(lambda);
        return solved;
    }

    /// <summary>The objective with the best nu.</summary>
    internal static double Objective(ReadOnlySpan<double> cosines, ReadOnlySpan<double> along, double threshold, ReadOnlySpan<double> lambda)
    {
        double square = 0, u = 0;
        for (int i = 0; i < lambda.Length; i++)
        {
            u += along[i] * lambda[i];
            for (int j = 0; j < lambda.Length; j++) square += lambda[i] * cosines[(i * lambda.Length) + j] * lambda[j];
        }

        return u <= threshold ? square - (u * u) + (threshold * u) : square;
    }

    /// <summary>One piece: x = (lambda, slack), lambda^T 1 = 1 and, if it is cut, lambda^T u +- slack = t.</summary>
    private static bool Piece(ReadOnlySpan<double> cosines, ReadOnlySpan<double> along, double threshold, bool below, bool cut, Span<double> lambda, NonNegativeQuadratic solver)
    {
        int n = lambda.Length, size = n + (cut ? 1 : 0), equations = cut ? 2 : 1;
        Span<double> matrix = size <= 32 ? stackalloc double[size * size] : new double[size * size];
        Span<double> work = size <= 64 ? stackalloc double[4 * size] : new double[4 * size];
        Span<double> first = work[..size], second = work.Slice(size, size), linear = work.Slice(2 * size, size), x = work.Slice(3 * size, size);
        first[..n].Fill(1);
        along.CopyTo(second);
        if (cut) (first[n], second[n]) = (0, below ? 1 : -1);

        // A steep slope t would drown the curvature in rounding: the objective is divided by it.
        double scale = below ? 1 / Math.Max(1, threshold) : 1;
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
            {
                double curvature = i < n && j < n ? cosines[(i * n) + j] - (below ? along[i] * along[j] : 0) : 0;
                if (i == j) curvature = Math.Max(curvature, 0);
                matrix[(i * size) + j] = (2 * scale * curvature) + (Penalty * ((first[i] * first[j]) + (cut ? second[i] * second[j] : 0)));
            }
        }

        solver.Load(matrix, size);
        Span<double> multipliers = stackalloc double[2], gaps = stackalloc double[2];
        multipliers.Clear();
        double worst = double.PositiveInfinity;
        for (int round = 0; round < MaxRounds && worst > Precision; round++)
        {
            for (int i = 0; i < size; i++)
            {
                double slope = below && i < n ? scale * threshold * along[i] : 0;
                linear[i] = (first[i] * (Penalty + multipliers[0])) - slope + (cut ? second[i] * ((Penalty * threshold) + multipliers[1]) : 0);
            }

            solver.Minimize(linear, x);
            gaps[0] = 1;
            gaps[1] = threshold;
            for (int i = 0; i < size; i++) (gaps[0], gaps[1]) = (gaps[0] - (first[i] * x[i]), gaps[1] - (second[i] * x[i]));
            worst = 0;
            for (int e = 0; e < equations; e++)
            {
                multipliers[e] += Penalty * gaps[e];
                worst = Math.Max(worst, Math.Abs(gaps[e]));
            }
        }

        double sum = 0;
        for (int i = 0; i < n; i++) sum += x[i];
        for (int i = 0; i < n; i++) lambda[i] = sum > 0 ? x[i] / sum : 1.0 / n;
        return worst <= Accepted;
    }
}
