using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Learning.Balancing;

/// <summary>
/// The minimum-norm point of the convex hull of the task gradients: a direction that improves every task, or zero when none exists
/// (Desideri 2012; Sener and Koltun, "Multi-Task Learning as Multi-Objective Optimization", NeurIPS 2018).
/// </summary>
/// <remarks>
/// w = argmin over the simplex of ||sum_k w_k g_k / q_k||; the update is sum_k (w_k / q_k) g_k, so <see cref="Weigh"/> returns w_k / q_k and
/// <see cref="SimplexWeights"/> the w_k and q_k (in representation mode the references combine the ORIGINAL gradients with w_k).
/// <para>Parameters: norm = none (q_k: none 1, l2 ||g_k||, loss L_k, loss+ L_k ||g_k||), solver = exact, epsilon = 1e-3 and max_iters = 100
/// (torchjd solver only; TorchJD's defaults).</para>
/// <para>References: LibMTL@4336804 weighting/MGDA.py, TorchJD@46962c2 aggregation/_mgda.py. Both stop early and are inexact when the scales differ (up to 100 % error); the
/// default solver is exact at any scale, and solver = libmtl | torchjd repeats theirs. A task with zero gradient takes all the weight, so the
/// update is exactly zero; LibMTL clamps pairs to 0.999 / 0.001 and lets the others leak in, and divides by zero with l2.</para>
/// </remarks>
/// <example><code>var balancer = new MGDA(MGDANormalization.LossPlus);</code></example>
public sealed class MGDA : Balancer
{
    private const double DefaultEpsilon = 1e-3;
    private const int DefaultIterations = 100;

    /// <summary>Below this ratio of the point's norm to the smallest vector's norm the origin counts as inside the hull.</summary>
    private const double StationaryRatio = 1e-6;

    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "mgda",
        "Multiple gradient descent algorithm",
        BalancerNeeds.Gramian | BalancerNeeds.Losses,
        "Sener, Koltun: Multi-Task Learning as Multi-Objective Optimization, NeurIPS 2018",
        [
            new BalancerParameter("norm", BalancerParameterKind.Choice, "none", "What each gradient is divided by first.") { Choices = ["none", "l2", "loss", "loss+"] },
            new BalancerParameter("solver", BalancerParameterKind.Choice, "exact", "Exact minimum-norm point, or the early-stopped search of a reference library.") { Choices = ["exact", "libmtl", "torchjd"] },
            new BalancerParameter("epsilon", BalancerParameterKind.Number, "1e-3", "Step below which the torchjd solver stops.") { Minimum = 0, Maximum = 1 },
            new BalancerParameter("max_iters", BalancerParameterKind.Integer, "100", "Most steps of the torchjd solver.") { Minimum = 1, Maximum = 1_000_000 },
        ],
        arguments => new MGDA((MGDANormalization)arguments.Choice("norm"), (MGDASolver)arguments.Choice("solver"), arguments.Number("epsilon"), arguments.Integer("max_iters")));

    private NonNegativeQuadratic? _workspace;
    private double[] _normalizers = [];

    /// <summary>MGDA.</summary>
    /// <param name="normalization">What gradients are divided by first.</param>
    /// <param name="solver">How the minimum-norm point is found.</param>
    /// <param name="epsilon">Stop of the <see cref="MGDASolver.TorchJD"/> solver, in [0, 1].</param>
    /// <param name="maxIterations">Most steps of the <see cref="MGDASolver.TorchJD"/> solver, at least 1.</param>
    public MGDA(MGDANormalization normalization = MGDANormalization.None, MGDASolver solver = MGDASolver.Exact, double epsilon = DefaultEpsilon, int maxIterations = DefaultIterations)
    {
        if (!Enum.IsDefined(normalization)) throw Descriptor.Parameter("norm").Invalid(Descriptor.Name, normalization.ToString());
        if (!Enum.IsDefined(solver)) throw Descriptor.Parameter("solver").Invalid(Descriptor.Name, solver.ToString());
        Normalization = normalization;
        Solver = solver;
        Epsilon = Descriptor.Parameter("epsilon").Check(Descriptor.Name, epsilon);
        MaxIterations = (int)Descriptor.Parameter("max_iters").Check(Descriptor.Name, maxIterations);
    }

    /// <summary>What gradients are divided by first.</summary>
    public MGDANormalization Normalization { get; }

    /// <summary>How the minimum-norm point is found.</summary>
    public MGDASolver Solver { get; }

    /// <summary>Step below which the TorchJD solver stops.</summary>
    public double Epsilon { get; }

    /// <summary>Most steps of the TorchJD solver.</summary>
    public int MaxIterations { get; }

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => Descriptor.Specify(Normalization, Solver, Epsilon, MaxIterations);

    /// <inheritdoc/>
    public override BalancerNeeds Needs => Normalization is MGDANormalization.Loss or MGDANormalization.LossPlus ? Descriptor.Needs : BalancerNeeds.Gramian;

    /// <summary>The rule: simplex weights of the normalised rows, and the normalisers.</summary>
    /// <param name="input">The step; its losses are read only by the loss normalisations.</param>
    /// <param name="weights">[K'] w on the simplex.</param>
    /// <param name="normalizers">[K'] q; 1 for a task whose gradient is zero.</param>
    /// <returns>Whether a direction that improves every task exists.</returns>
    public BalanceStatus SimplexWeights(in BalanceInput input, Span<double> weights, Span<double> normalizers)
    {
        Require(input, weights);
        int n = weights.Length;
        Span<double> scaled = n <= 16 ? stackalloc double[n * n] : new double[n * n];
        double shortest = double.PositiveInfinity;
        for (int i = 0; i < n; i++) normalizers[i] = Normalizer(input, i);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++) scaled[(i * n) + j] = input.Gramian[(i * n) + j] / normalizers[i] / normalizers[j];
            shortest = Math.Min(shortest, scaled[(i * n) + i]);
        }

        if (Solver == MGDASolver.Exact || shortest == 0)
        {
            if (_workspace is null || _workspace.Capacity < n) _workspace = new NonNegativeQuadratic(n);
            double squaredNorm = MinimumNormPoint.Find(scaled, weights, _workspace);
            return squaredNorm <= shortest * StationaryRatio * StationaryRatio ? BalanceStatus.ParetoStationary : BalanceStatus.Converged;
        }

        if (Solver == MGDASolver.TorchJD) MGDAReference.FrankWolfe(scaled, Epsilon, MaxIterations, weights);
        else MGDAReference.BestPairThenProject(scaled, weights);
        return BalanceStatus.Converged;
    }

    /// <inheritdoc/>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        if (_normalizers.Length != input.Tasks) _normalizers = new double[input.Tasks];
        BalanceStatus status = SimplexWeights(input, weights, _normalizers);
        // At the representation the reference combines the gradients as they are.
        for (int i = 0; i < weights.Length && !input.AtRepresentation; i++) weights[i] /= _normalizers[i];
        return status;
    }

    private double Normalizer(in BalanceInput input, int row)
    {
        double squaredNorm = input.Gramian[(row * input.Tasks) + row];
        if (squaredNorm == 0 || Normalization == MGDANormalization.None) return 1;
        double norm = Normalization is MGDANormalization.L2 or MGDANormalization.LossPlus ? Math.Sqrt(squaredNorm) : 1;
        if (Normalization == MGDANormalization.L2) return norm;
        double loss = input.Losses[row];
        if (loss <= 0) throw new BalancerException($"{Name}: the loss of task {input.TaskOf(row)} is {loss}, expected a positive number to divide by; use norm=none or norm=l2.", input.TaskOf(row));
        return loss * norm;
    }
}
