using System.Numerics.Tensors;
using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Learning.Relevance;

/// <summary>
/// Estimates nu from the heads of M source tasks and of the target on one shared representation: argmin ||nu||_p subject to W nu = w_target
/// (Chen et al., ICML 2022, for p = 2; Wang et al., ICML 2023, for p = 1), or the Lasso for noisy heads and p = 1.
/// </summary>
/// <remarks>
/// The heads must come from the same representation. The equality-constrained forms do not depend on its basis; the Lasso does, so make the
/// representation orthonormal first.
/// </remarks>
/// <example><code>
/// double[] heads = [1, 0, 0.6, 0, 1, 0.8];   // k = 2, M = 3: each column is a head
/// RelevanceEstimate one = TaskRelevance.Estimate(heads, [0.6, 0.8], RelevanceNorm.L1, lambda: 0);   // Nu is [0, 0, 1]
/// </code></example>
public static class TaskRelevance
{
    private const double AutomaticResidual = 0.1, FeasibleResidual = 1e-8;

    /// <summary>The automatic rule tries these multiples of ||W^T w_target||_inf, largest first.</summary>
    private static readonly double[] s_grid = [0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];

    /// <summary>Estimates nu.</summary>
    /// <param name="heads">W, [k, M] row-major: column m is the head of source m; k is at most M.</param>
    /// <param name="target">w_target, [k].</param>
    /// <param name="norm">Which nu; <see cref="RelevanceNorm.Uniform"/> gives every source 1 / M.</param>
    /// <param name="lambda">
    /// L1 only. Null: the largest of {0.001 .. 0.3} ||W^T w||_inf whose residual is at most 0.1 ||w_target||. 0: basis pursuit, exact for
    /// noise-free heads. Positive: this Lasso penalty.
    /// </param>
    /// <param name="normalizeHeads">Solves for source heads of unit norm, which undoes different label scales; nu is given for the heads as they are.</param>
    /// <exception cref="RelevanceException">Shapes do not fit, k exceeds M, a head is not finite, or lambda is negative or given without L1.</exception>
    public static RelevanceEstimate Estimate(ReadOnlySpan<double> heads, ReadOnlySpan<double> target, RelevanceNorm norm, double? lambda = null, bool normalizeHeads = false)
    {
        int count = Check(heads, target, norm, lambda);
        double[] scale = new double[count], matrix = heads.ToArray(), x;
        Array.Fill(scale, 1);
        if (normalizeHeads) Normalize(matrix, scale);
        List<string> warnings = [];
        double penalty = 0, targetNorm = TensorPrimitives.Norm(target);
        switch (norm)
        {
            case RelevanceNorm.Uniform:
                x = [.. scale.Select(one => one / count)];
                break;
            case RelevanceNorm.L2:
                x = new double[count];
                int rank = MinimumNormSolution.Solve(matrix, target, x);
                if (rank < target.Length) warnings.Add(Deficient(rank, target.Length));
                break;
            case RelevanceNorm.L1 when lambda is 0:
                BasisPursuitSolution vertex = BasisPursuit.Solve(matrix, target);
                x = vertex.Coefficients;
                if (vertex.Rank < target.Length) warnings.Add(Deficient(vertex.Rank, target.Length));
                break;
            default:
                (x, penalty) = SolveLasso(matrix, target, lambda, targetNorm, warnings);
                break;
        }

        double[] nu = [.. x.Select((value, m) => value / scale[m])];
        double residual = norm == RelevanceNorm.Uniform ? 0 : Residual(heads, target, nu);
        bool feasible = norm == RelevanceNorm.L2 || (norm == RelevanceNorm.L1 && lambda is 0);
        if (feasible && residual > FeasibleResidual * targetNorm)
        {
            warnings.Add($"No combination of the source heads gives the target's head: the residual is {residual:G4} of {targetNorm:G4}, so the sources explain only a part of the target.");
        }

        if (norm != RelevanceNorm.Uniform && nu.All(value => value == 0))
        {
            warnings.Add("Every nu is 0, so the allocation is uniform: lambda is too large or no source head points towards the target's.");
        }

        return new RelevanceEstimate
        {
            Nu = nu,
            AllocationNu = x,
            Residual = residual,
            Support = [.. Enumerable.Range(0, count).Where(m => nu[m] != 0)],
            Norm1 = TensorPrimitives.SumOfMagnitudes<double>(nu),
            Lambda = penalty,
            Warnings = warnings,
        };
    }

    private static (double[] X, double Lambda) SolveLasso(double[] matrix, ReadOnlySpan<double> target, double? lambda, double targetNorm, List<string> warnings)
    {
        if (lambda is { } given) return (Converged(Lasso.Solve(matrix, target, given), warnings), given);
        double largest = Lasso.LargestLambda(matrix, target), residual = 0;
        double[] x = new double[matrix.Length / target.Length];
        if (largest == 0) return (x, 0);
        LassoSolution? last = null;
        foreach (double factor in s_grid)
        {
            last = Lasso.Solve(matrix, target, factor * largest, start: x);
            x = last.Coefficients;
            residual = Residual(matrix, target, x);

            // With k = 1 the residual is exactly lambda / |w|, so that a tie is the rule there and must not hang on rounding.
            if (residual <= AutomaticResidual * targetNorm * (1 + 1e-9)) return (Converged(last, warnings), factor * largest);
        }

        warnings.Add($"No lambda brings the residual to a tenth of the target's head: at the smallest it is {residual:G4} of {targetNorm:G4}, so the sources explain only a part of the target.");
        return (Converged(last!, warnings), s_grid[^1] * largest);
    }

    private static double[] Converged(LassoSolution solution, List<string> warnings)
    {
        if (!solution.Converged) warnings.Add($"The Lasso stopped after {solution.Sweeps} sweeps with a duality gap of {solution.DualityGap:G3}.");
        return solution.Coefficients;
    }

    private static double Residual(ReadOnlySpan<double> heads, ReadOnlySpan<double> target, double[] nu)
    {
        double[] difference = new double[target.Length];
        for (int i = 0; i < difference.Length; i++) difference[i] = TensorPrimitives.Dot(heads.Slice(i * nu.Length, nu.Length), nu) - target[i];
        return TensorPrimitives.Norm<double>(difference);
    }

    /// <summary>Divides every head by its norm; a zero head stays zero.</summary>
    private static void Normalize(double[] matrix, double[] scale)
    {
        int count = scale.Length, size = matrix.Length / count;
        double[] head = new double[size];
        for (int m = 0; m < count; m++)
        {
            for (int i = 0; i < size; i++) head[i] = matrix[(i * count) + m];
            double norm = TensorPrimitives.Norm<double>(head);
            if (norm == 0) continue;
            scale[m] = norm;
            for (int i = 0; i < size; i++) matrix[(i * count) + m] /= norm;
        }
    }

    private static int Check(ReadOnlySpan<double> heads, ReadOnlySpan<double> target, RelevanceNorm norm, double? lambda)
    {
        int size = target.Length;
        if (!Enum.IsDefined(norm)) throw new RelevanceException($"TaskRelevance: the norm is {norm}, expected L1, L2 or Uniform.");
        if (size == 0 || heads.Length == 0 || heads.Length % size != 0)
        {
            throw new RelevanceException($"TaskRelevance: the heads have {heads.Length} elements and the target's head {size}, expected [k, M] and [k]; pass W row-major with one column a source.");
        }

        int count = heads.Length / size;
        if (size > count) throw new RelevanceException($"TaskRelevance: the heads have {size} elements but there are only {count} sources, expected k <= M; use a smaller representation or more sources.");
        if (lambda is < 0 or double.NaN or double.PositiveInfinity) throw new RelevanceException($"TaskRelevance: lambda is {lambda}, expected a finite number >= 0, or null for the automatic rule.");
        if (lambda is not null && norm != RelevanceNorm.L1) throw new RelevanceException($"TaskRelevance: lambda is given with the norm {norm}, expected L1; leave lambda out.");
        for (int i = 0; i < heads.Length; i++)
        {
            if (!double.IsFinite(heads[i])) throw new RelevanceException($"TaskRelevance: the head of source {i % count} holds {heads[i]}, expected finite numbers; check how it was fitted.", i % count);
        }

        foreach (double value in target)
        {
            if (!double.IsFinite(value)) throw new RelevanceException($"TaskRelevance: the target's head holds {value}, expected finite numbers; check how it was fitted.");
        }

        return count;
    }

    private static string Deficient(int rank, int size) => $"The source heads span only {rank} of {size} dimensions, so nu is the combination with the smallest residual.";
}
