using Polymath.Tensors;
using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Learning.Balancing;

/// <summary>
/// Stochastic direction-oriented multi-objective descent: the direction that improves the worst task, kept near the mean gradient, from
/// three independent batches (Xiao, Ban and Ji, NeurIPS 2023).
/// </summary>
/// <remarks>
/// With the task gradients Z, G, H of three batches: M = G H^T / (s^2 + 1e-8), s the mean of sqrt(max(M_kk, 0)); then niter times
/// w = P(w - 5 b), b = 0.5 b + M w + lamda M 1/K, P the projection on the simplex and b = 0 at first; the update is
/// (w^T Z + lamda mean Z) / (1 + lamda). w starts at 1/K and is carried from step to step. The weights reported are those of the rows of Z.
/// <para>Parameters: lamda = 0.3 (pull towards the mean gradient; spelt as in the reference), niter = 20 (steps of the weights).</para>
/// <para>Reference: LibMTL@4336804 weighting/SDMGrad.py. There the parameters of single tasks receive the sum of their three gradients, an
/// effect of how they accumulate; here they receive the mean, as in MoDo, so that one learning rate serves shared and single parameters. The step
/// size of 5 on matrices of norm near 1 may circle instead of converging; the number of steps is part of the method.</para>
/// </remarks>
/// <example><code>Balancer balancer = Balancers.Create("sdmgrad:lamda=0.6");</code></example>
public sealed class SDMGrad : ThreeBatchBalancer
{
    private const double DefaultLamda = 0.3;
    private const int DefaultIterations = 20;
    private const double Rate = 5, Momentum = 0.5, Smoothing = 1e-8;

    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "sdmgrad",
        "Stochastic direction-oriented multi-objective descent",
        BalancerNeeds.ThreeBatches,
        "Xiao, Ban, Ji: Direction-oriented Multi-objective Learning: Simple and Provable Stochastic Algorithms, NeurIPS 2023",
        [
            new BalancerParameter("lamda", BalancerParameterKind.Number, "0.3", "Pull of the direction towards the mean gradient.") { Minimum = 0, Maximum = 1e6 },
            new BalancerParameter("niter", BalancerParameterKind.Integer, "20", "Steps of the weights per training step.") { Minimum = 1, Maximum = 1_000_000 },
        ],
        arguments => new SDMGrad(arguments.Number("lamda"), arguments.Integer("niter")));

    private double[] _scratch = [];

    /// <summary>SDMGrad.</summary>
    /// <param name="lamda">Pull towards the mean gradient, in [0, 1e6].</param>
    /// <param name="niter">Steps of the weights, at least 1.</param>
    public SDMGrad(double lamda = DefaultLamda, int niter = DefaultIterations)
    {
        Lamda = Descriptor.Parameter("lamda").Check(Descriptor.Name, lamda);
        Iterations = (int)Descriptor.Parameter("niter").Check(Descriptor.Name, niter);
    }

    /// <summary>Pull towards the mean gradient.</summary>
    public double Lamda { get; }

    /// <summary>Steps of the weights per training step.</summary>
    public int Iterations { get; }

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => Descriptor.Specify(Lamda, Iterations);

    /// <summary>The rule: projected momentum steps of the weights.</summary>
    /// <param name="cross">[K, K] row-major G H^T, scaled in place.</param>
    /// <param name="lamda">Pull towards the mean gradient.</param>
    /// <param name="iterations">Number of steps.</param>
    /// <param name="weights">[K] on the simplex, moved in place.</param>
    /// <param name="scratch">[3 K].</param>
    public static void Solve(Span<double> cross, double lamda, int iterations, Span<double> weights, Span<double> scratch)
    {
        int n = weights.Length;
        Span<double> pull = scratch[..n], velocity = scratch.Slice(n, n), gradient = scratch.Slice(2 * n, n);
        double scale = 0;
        for (int i = 0; i < n; i++) scale += Math.Sqrt(Math.Max(cross[(i * n) + i], 0)) / n;
        double divisor = (scale * scale) + Smoothing;
        for (int i = 0; i < n; i++)
        {
            double sum = 0;
            for (int j = 0; j < n; j++) sum += cross[(i * n) + j] /= divisor;
            pull[i] = lamda * sum / n;
        }

        velocity.Clear();
        for (int iteration = 0; iteration < iterations; iteration++)
        {
            for (int i = 0; i < n; i++)
            {
                gradient[i] = pull[i];
                for (int j = 0; j < n; j++) gradient[i] += cross[(i * n) + j] * weights[j];
            }

            for (int i = 0; i < n; i++)
            {
                velocity[i] = (Momentum * velocity[i]) + gradient[i];
                weights[i] -= Rate * velocity[i];
            }

            SimplexProjection.Project(weights, weights);
        }
    }

    /// <inheritdoc/>
    public override BalanceStatus Combine(in BalanceInput input, ReadOnlySpan<TaskGradients> batches, Span<float> combined, Span<double> weights)
    {
        Begin(input, batches, weights);
        int n = weights.Length;
        if (_scratch.Length < 3 * n) _scratch = new double[3 * input.TotalTasks];
        double mass = Take(input, weights);
        Solve(CrossGramian(input, batches[1], batches[2]), Lamda, Iterations, weights, _scratch.AsSpan(0, 3 * n));
        Put(input, weights, mass);
        for (int i = 0; i < n; i++) weights[i] = (weights[i] + (Lamda / n)) / (1 + Lamda);
        batches[0].Combine(weights, combined);
        return BalanceStatus.Converged;
    }
}
