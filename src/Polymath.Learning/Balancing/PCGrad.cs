namespace Polymath.Learning.Balancing;

/// <summary>
/// Projects each task gradient off the gradients it conflicts with, in random order, and sums the results
/// (Yu et al., "Gradient Surgery for Multi-Task Learning", NeurIPS 2020, algorithm 1).
/// </summary>
/// <remarks>
/// For each i, v = g_i; for j in random order: d = &lt;v, g_j&gt;; if d &lt; 0, v -= d g_j / (||g_j||^2 + eps). The update is the SUM of the v_i
/// (the paper's code also offers the mean). Everything is done on coefficients of the rows, so only the Gramian is needed.
/// <para>Parameters: eps = 1e-8 (LibMTL@4336804 weighting/PCGrad.py; TorchJD@46962c2 uses 0, and so does the paper), mean = false.</para>
/// <para>Differs from LibMTL in working on the float64 Gramian instead of float32 vectors; its order includes the row itself, which never conflicts.</para>
/// </remarks>
/// <example><code>var balancer = new PCGrad();</code></example>
public sealed class PCGrad : Balancer
{
    private const double LibMtlEpsilon = 1e-8;

    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "pcgrad",
        "Projecting conflicting gradients",
        BalancerNeeds.Gramian,
        "Yu, Kumar, Gupta, Levine, Hausman, Finn: Gradient Surgery for Multi-Task Learning, NeurIPS 2020",
        [
            new BalancerParameter("eps", BalancerParameterKind.Number, "1e-8", "Added to the squared norm that a projection divides by: 1e-8 as LibMTL, 0 as the paper and TorchJD.") { Minimum = 0, Maximum = 1 },
            new BalancerParameter("mean", BalancerParameterKind.Flag, "false", "Mean of the projected gradients instead of their sum."),
        ],
        arguments => new PCGrad(arguments.Number("eps"), arguments.Flag("mean")));

    private double[] _coefficients = [];
    private int[] _order = [];

    /// <summary>Gradient surgery.</summary>
    /// <param name="eps">Added to squared norms, in [0, 1].</param>
    /// <param name="mean">Whether to average instead of summing.</param>
    public PCGrad(double eps = LibMtlEpsilon, bool mean = false)
    {
        Eps = Descriptor.Parameter("eps").Check(Descriptor.Name, eps);
        Mean = mean;
    }

    /// <summary>Added to squared norms.</summary>
    public double Eps { get; }

    /// <summary>Whether the update is the mean instead of the sum.</summary>
    public bool Mean { get; }

    /// <summary>Injected visiting orders; null draws them from <see cref="BalanceInput.Random"/>.</summary>
    public IPermutationSource? Orders { get; init; }

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => Descriptor.Specify(Eps, Mean);

    /// <inheritdoc/>
    public override BalancerNeeds Needs => Descriptor.Needs;

    /// <summary>Adds to <paramref name="weights"/> the coefficients of row <paramref name="row"/> after surgery.</summary>
    /// <param name="gramian">[K, K].</param>
    /// <param name="row">i, the row treated.</param>
    /// <param name="order">[K] visiting order.</param>
    /// <param name="eps">Added to squared norms.</param>
    /// <param name="coefficients">[K] scratch.</param>
    /// <param name="weights">[K] running sum.</param>
    public static void Project(ReadOnlySpan<double> gramian, int row, ReadOnlySpan<int> order, double eps, Span<double> coefficients, Span<double> weights)
    {
        int n = weights.Length;
        coefficients.Clear();
        coefficients[row] = 1;
        foreach (int j in order)
        {
            if (j == row) continue;
            ReadOnlySpan<double> products = gramian.Slice(j * n, n);
            double inner = 0;
            for (int k = 0; k < n; k++) inner += products[k] * coefficients[k];
            if (inner < 0) coefficients[j] -= inner / (products[j] + eps);
        }

        for (int k = 0; k < n; k++) weights[k] += coefficients[k];
    }

    /// <inheritdoc/>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        Require(input, weights);
        int n = weights.Length;
        if (_order.Length != n) (_order, _coefficients) = (new int[n], new double[n]);
        weights.Clear();
        for (int i = 0; i < n; i++)
        {
            FillOrder(input, i);
            Project(input.Gramian, i, _order, Eps, _coefficients, weights);
        }

        for (int k = 0; k < n && Mean; k++) weights[k] /= n;
        return BalanceStatus.Converged;
    }

    private void FillOrder(in BalanceInput input, int row)
    {
        if (Orders is not null) Orders.Fill(row, _order);
        else if (input.Random is not null) input.Random.FillPermutation(_order);
        else throw new BalancerException($"{Name}: the step has no random stream, expected one for the visiting order; set BalanceInput.Random or PCGrad.Orders.");
    }
}
