using Polymath.Learning.Balancing;

namespace Polymath.Tests;

/// <summary>
/// CAGrad as its official code solves it: scipy's SLSQP leaves its start, 1/K, only if the first quadratic model, whose step is the projected
/// gradient s of the objective, promises |grad . s| of at least ftol = 1e-6. Flat gradients of small radii are too small for that; at
/// rho = 0.05 the official code therefore takes w = 1/K for them, whatever the optimum. Beyond that point the exact solution is taken.
/// </summary>
internal sealed class StoppingCAGrad(double c) : Balancer
{
    private const double Tolerance = 1e-6, Smoothing = 1e-8;

    private readonly CAGrad _exact = new(c);

    public override string Name => "stopping cagrad";

    public override BalancerNeeds Needs => BalancerNeeds.Gramian;

    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        int n = weights.Length;
        double[] sums = new double[n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++) sums[i] += input.Gramian[(i * n) + j] / n;
        }

        // At w = 1/K: A w is the row mean of A, and w^T A w the mean of all its elements.
        double mean = sums.Average(), radius = (c * Math.Sqrt(mean + Smoothing)) + Smoothing, root = Math.Sqrt(mean + Smoothing);
        double[] slope = [.. sums.Select(value => value + (radius * value / root))];
        double promised = slope.Sum(value => Math.Pow(value - slope.Average(), 2));
        if (promised >= Tolerance) return _exact.Weigh(input, weights);
        double step = radius / (Math.Sqrt(mean) + Smoothing);
        weights.Fill((1 + step) / n / (1 + (c * c)));
        return BalanceStatus.Converged;
    }
}
