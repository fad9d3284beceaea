using Polymath.Tensors;
using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Learning.Balancing;

/// <summary>
/// Multi-objective gradient with double sampling: one projected gradient step a time on the weights of the minimum-norm problem, with the
/// two factors of its gradient from independent batches, and the update from a third (Chen et al., NeurIPS 2023).
/// </summary>
/// <remarks>
/// With the task gradients G_0, G_1, G_2 of three batches and P the projection on the simplex:
/// w = P(w - gamma (G_0 G_1^T w + rho w)); the update is w^T G_2. w starts at 1/K and is carried from step to step.
/// <para>Parameters: gamma = 1e-3 (step size of the weights), rho = 0.1 (strength of the pull towards equal weights).</para>
/// <para>Reference: LibMTL@4336804 weighting/MoDo.py. The parameters of single tasks receive the mean of their three gradients, as there.</para>
/// </remarks>
/// <example><code>Balancer balancer = Balancers.Create("modo:gamma=0.01");</code></example>
public sealed class MoDo : ThreeBatchBalancer
{
    private const double DefaultGamma = 1e-3, DefaultRho = 0.1;

    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "modo",
        "Multi-objective gradient with double sampling",
        BalancerNeeds.ThreeBatches,
        "Chen, Fernando, Ying, Chen: Three-Way Trade-Off in Multi-Objective Learning, NeurIPS 2023",
        [
            new BalancerParameter("gamma", BalancerParameterKind.Number, "1e-3", "Step size of the weights.") { Minimum = 0, Maximum = 1e6 },
            new BalancerParameter("rho", BalancerParameterKind.Number, "0.1", "How strongly the weights are pulled towards equal ones.") { Minimum = 0, Maximum = 1e6 },
        ],
        arguments => new MoDo(arguments.Number("gamma"), arguments.Number("rho")));

    private double[] _product = [];

    /// <summary>MoDo.</summary>
    /// <param name="gamma">Step size of the weights, in [0, 1e6].</param>
    /// <param name="rho">l2 regularisation of the weights, in [0, 1e6].</param>
    public MoDo(double gamma = DefaultGamma, double rho = DefaultRho)
    {
        Gamma = Descriptor.Parameter("gamma").Check(Descriptor.Name, gamma);
        Rho = Descriptor.Parameter("rho").Check(Descriptor.Name, rho);
    }

    /// <summary>Step size of the weights.</summary>
    public double Gamma { get; }

    /// <summary>l2 regularisation of the weights.</summary>
    public double Rho { get; }

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => Descriptor.Specify(Gamma, Rho);

    /// <summary>The rule: one projected step of the weights.</summary>
    /// <param name="cross">[K, K] row-major G_0 G_1^T.</param>
    /// <param name="gamma">Step size.</param>
    /// <param name="rho">l2 regularisation.</param>
    /// <param name="weights">[K] on the simplex, moved in place.</param>
    /// <param name="product">[K] scratch.</param>
    public static void Step(ReadOnlySpan<double> cross, double gamma, double rho, Span<double> weights, Span<double> product)
    {
        int n = weights.Length;
        for (int i = 0; i < n; i++)
        {
            double sum = rho * weights[i];
            for (int j = 0; j < n; j++) sum += cross[(i * n) + j] * weights[j];
            product[i] = sum;
        }

        for (int i = 0; i < n; i++) weights[i] -= gamma * product[i];
        SimplexProjection.Project(weights, weights);
    }

    /// <inheritdoc/>
    public override BalanceStatus Combine(in BalanceInput input, ReadOnlySpan<TaskGradients> batches, Span<float> combined, Span<double> weights)
    {
        Begin(input, batches, weights);
        if (_product.Length < weights.Length) _product = new double[input.TotalTasks];
        double mass = Take(input, weights);
        Step(CrossGramian(input, batches[0], batches[1]), Gamma, Rho, weights, _product.AsSpan(0, weights.Length));
        Put(input, weights, mass);
        batches[2].Combine(weights, combined);
        return BalanceStatus.Converged;
    }
}
