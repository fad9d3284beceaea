namespace Polymath.Learning.Balancing;

/// <summary>
/// Impartial learning: learned loss scales (IMTL-L), and a combination of the gradients whose projections onto all of them are equal (IMTL-G)
/// (Liu et al., "Towards Impartial Multi-task Learning", ICLR 2021).
/// </summary>
/// <remarks>
/// L'_k = exp(s_k) L_k - s_k with learned s_k (ds_k: exp(s_k) L_k - 1), and on its gradients g_k with u_k = g_k / ||g_k||: sum_k a_k = 1 and
/// &lt;sum_j a_j g_j, u_k&gt; equal for all k, that is A a proportional to sqrt(diag A). Weights may be negative. For two tasks
/// a_k = ||g_k||^-1 / (||g_1||^-1 + ||g_2||^-1). Scaling all gradients leaves the weights; scaling one divides its weight before the sum is made 1.
/// <para>Parameters: loss_part = true (false: IMTL-G on the raw losses, TorchJD's IMTLG), init = 0 (first s_k), solver = exact (torchjd: the
/// pseudo-inverse of A cut at K 2^-23, which loses tasks of small gradients once norms differ by more than about a thousand).</para>
/// <para>References: LibMTL@4336804 weighting/IMTL.py, TorchJD@46962c2 aggregation/_imtl_g.py. Differs in solving on unit gradients in float64. Where the
/// gradients are linearly dependent (LibMTL raises or returns NaN) the answer is TorchJD's, a proportional to pinv(A) sqrt(diag A), and the status is
/// Degenerate. When the entries of that vector cancel the weights are zero; TorchJD's threshold for that, 1e-12, is absolute, here it is
/// relative to their magnitude. A zero gradient gets the weight 0 and the other tasks are balanced as if it were absent.</para>
/// </remarks>
/// <example><code>var balancer = new IMTL(lossPart: false);</code></example>
public sealed class IMTL : Balancer
{
    private const double FirstScale = 0;

    /// <summary>Below this multiple of the largest, an eigenvalue of the unit Gramian is what rounding of float32 rows makes of 0.</summary>
    private const double DependentRatio = 1e-12;

    /// <summary>Rows are float32: the references' pseudo-inverse drops eigenvalues of A below K times this.</summary>
    private const double SingleUnit = 1.0 / (1 << 23);

    /// <summary>Sums smaller than this multiple of their terms' magnitude are zero.</summary>
    private const double CancelledRatio = 1e-12;

    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "imtl",
        "Impartial multi-task learning",
        BalancerNeeds.Gramian | BalancerNeeds.Losses,
        "Liu, Li, Kuang, Xue, Chen, Yang, Liao, Zhang: Towards Impartial Multi-task Learning, ICLR 2021",
        [
            new BalancerParameter("loss_part", BalancerParameterKind.Flag, "true", "Learn loss scales as well; false balances the gradients of the raw losses (IMTL-G)."),
            new BalancerParameter("init", BalancerParameterKind.Number, "0", "First log-scale of every task.") { Minimum = -20, Maximum = 20 },
            new BalancerParameter("solver", BalancerParameterKind.Choice, "exact", "Exact at any scale, or TorchJD's truncated pseudo-inverse.") { Choices = ["exact", "torchjd"] },
        ],
        arguments => new IMTL(arguments.Flag("loss_part"), arguments.Number("init"), (IMTLSolver)arguments.Choice("solver")));

    /// <summary>IMTL.</summary>
    /// <param name="lossPart">Whether loss scales are learned too.</param>
    /// <param name="init">First log-scale, in [-20, 20].</param>
    /// <param name="solver">How the weights are solved for.</param>
    public IMTL(bool lossPart = true, double init = FirstScale, IMTLSolver solver = IMTLSolver.Exact)
    {
        if (!Enum.IsDefined(solver)) throw Descriptor.Parameter("solver").Invalid(Descriptor.Name, solver.ToString());
        Solver = solver;
        LossPart = lossPart;
        Init = Descriptor.Parameter("init").Check(Descriptor.Name, init);
    }

    /// <summary>Whether loss scales are learned too.</summary>
    public bool LossPart { get; }

    /// <summary>First log-scale of every task.</summary>
    public double Init { get; }

    /// <summary>How the weights are solved for.</summary>
    public IMTLSolver Solver { get; }

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => Descriptor.Specify(LossPart, Init, Solver);

    /// <inheritdoc/>
    public override BalancerNeeds Needs => LossPart ? Descriptor.Needs : BalancerNeeds.Gramian;

    /// <inheritdoc/>
    public override bool TransformsLosses => LossPart;

    /// <summary>The rule of IMTL-G.</summary>
    /// <param name="gramian">A, [K, K].</param>
    /// <param name="solver">How the weights are solved for.</param>
    /// <param name="weights">a, [K], of sum 1 or all zero.</param>
    /// <returns><see cref="BalanceStatus.Degenerate"/> when the rows are linearly dependent.</returns>
    public static BalanceStatus Weights(ReadOnlySpan<double> gramian, IMTLSolver solver, Span<double> weights)
    {
        int n = weights.Length;
        Span<double> cosines = n <= 16 ? stackalloc double[n * n] : new double[n * n];
        Span<double> norms = n <= 64 ? stackalloc double[n] : new double[n], target = n <= 64 ? stackalloc double[n] : new double[n];
        int zeros = UnitGramian.Compute(gramian, cosines, norms);
        if (zeros == n)
        {
            weights.Clear();
            return BalanceStatus.Degenerate;
        }

        // A a = d with d = sqrt(diag A) is C y = e with a_k = y_k / ||g_k||.
        for (int i = 0; i < n; i++) target[i] = norms[i] == 0 ? 0 : 1;
        bool dependent = UnitGramian.PseudoSolve(cosines, target, DependentRatio, weights) < n - zeros;
        bool truncated = dependent || solver == IMTLSolver.TorchJD;
        if (truncated) UnitGramian.PseudoSolve(gramian, norms, n * SingleUnit, weights);
        double sum = 0, magnitude = 0;
        for (int i = 0; i < n; i++)
        {
            if (!truncated) weights[i] = norms[i] == 0 ? 0 : weights[i] / norms[i];
            sum += weights[i];
            magnitude += Math.Abs(weights[i]);
        }

        if (!(Math.Abs(sum) > CancelledRatio * magnitude))
        {
            weights.Clear();
            return BalanceStatus.Degenerate;
        }

        for (int i = 0; i < n; i++) weights[i] /= sum;
        return dependent || zeros > 0 ? BalanceStatus.Degenerate : BalanceStatus.Converged;
    }

    /// <inheritdoc/>
    public override void Prepare(int totalTasks)
    {
        base.Prepare(totalTasks);
        if (LossPart) PrepareLearnable(totalTasks, Init);
    }

    /// <inheritdoc/>
    public override void Slopes(in BalanceInput input, Span<double> slopes)
    {
        if (!LossPart)
        {
            slopes.Fill(1);
            return;
        }

        Prepare(input.TotalTasks);
        for (int i = 0; i < slopes.Length; i++) slopes[i] = Math.Exp(Learnable[input.TaskOf(i)]);
    }

    /// <inheritdoc/>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        Require(input, weights);
        if (LossPart)
        {
            Prepare(input.TotalTasks);
            Array.Clear(LearnableGradient);
            for (int i = 0; i < weights.Length; i++)
            {
                int task = input.TaskOf(i);
                LearnableGradient[task] = (float)IMTLLoss.Rule(input.Losses[i], Learnable[task]).Gradient;
            }
        }

        return Weights(input.Gramian, Solver, weights);
    }
}
