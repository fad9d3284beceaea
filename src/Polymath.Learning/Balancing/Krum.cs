namespace Polymath.Learning.Balancing;

/// <summary>
/// Averages the few task gradients that lie closest to the others, so that no minority of tasks can pull the update anywhere
/// (Blanchard et al., "Machine Learning with Adversaries: Byzantine Tolerant Gradient Descent", NeurIPS 2017).
/// </summary>
/// <remarks>
/// The score of row i is the sum of its K - f - 2 smallest distances ||g_i - g_j||, j other than i; the s rows of lowest score get the
/// weight 1/s, the others none (ties go to the lower index).
/// <para>Parameters: n_byzantine = 0 (f, the number of tasks that may be arbitrarily wrong), n_selected = 1 (s). A model needs at least
/// max(f + 3, s) tasks; in a step where too few of them are present, those present are averaged and the status is Degenerate.</para>
/// <para>Reference: TorchJD@46962c2 aggregation/_krum.py. Differs in clamping squared distances at 0, where rounding gives the reference NaN.</para>
/// </remarks>
/// <example><code>var balancer = new Krum(byzantine: 1, selected: 2);</code></example>
public sealed class Krum : Balancer
{
    private const int Neighbours = 3;

    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "krum",
        "Multi-Krum",
        BalancerNeeds.Gramian,
        "Blanchard, El Mhamdi, Guerraoui, Stainer: Machine Learning with Adversaries, NeurIPS 2017",
        [
            new BalancerParameter("n_byzantine", BalancerParameterKind.Integer, "0", "How many tasks may be arbitrarily wrong; a model needs three more.") { Minimum = 0, Maximum = 1_000_000 },
            new BalancerParameter("n_selected", BalancerParameterKind.Integer, "1", "How many gradients are averaged.") { Minimum = 1, Maximum = 1_000_000 },
        ],
        arguments => new Krum(arguments.Integer("n_byzantine"), arguments.Integer("n_selected")))
    {
        MinimumTasks = Neighbours,
    };

    /// <summary>Multi-Krum.</summary>
    /// <param name="byzantine">f, at least 0.</param>
    /// <param name="selected">s, at least 1.</param>
    public Krum(int byzantine = 0, int selected = 1)
    {
        Byzantine = (int)Descriptor.Parameter("n_byzantine").Check(Descriptor.Name, byzantine);
        Selected = (int)Descriptor.Parameter("n_selected").Check(Descriptor.Name, selected);
    }

    /// <summary>How many tasks may be arbitrarily wrong.</summary>
    public int Byzantine { get; }

    /// <summary>How many gradients are averaged.</summary>
    public int Selected { get; }

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => Descriptor.Specify(Byzantine, Selected);

    /// <inheritdoc/>
    public override BalancerNeeds Needs => Descriptor.Needs;

    /// <summary>The rule: weights of the rows from their Gramian.</summary>
    /// <param name="gramian">[K, K].</param>
    /// <param name="byzantine">f, at most K - 3.</param>
    /// <param name="selected">s, at most K.</param>
    /// <param name="weights">[K], overwritten with 1/s at the rows selected and 0 elsewhere.</param>
    public static void Weights(ReadOnlySpan<double> gramian, int byzantine, int selected, Span<double> weights)
    {
        int n = weights.Length;
        Span<double> distances = n <= 64 ? stackalloc double[n] : new double[n], scores = n <= 64 ? stackalloc double[n] : new double[n];
        for (int i = 0; i < n; i++)
        {
            // ||g_i - g_j||^2 = A_ii + A_jj - 2 A_ij.
            for (int j = 0; j < n; j++) distances[j] = Math.Sqrt(Math.Max(0, gramian[(i * n) + i] + gramian[(j * n) + j] - (2 * gramian[(i * n) + j])));
            distances[i] = 0;
            distances.Sort();
            scores[i] = 0;
            for (int j = 1; j <= n - byzantine - 2; j++) scores[i] += distances[j];
        }

        weights.Clear();
        for (int picked = 0; picked < selected; picked++)
        {
            int best = -1;
            for (int i = 0; i < n; i++)
            {
                if (weights[i] == 0 && (best < 0 || scores[i] < scores[best])) best = i;
            }

            weights[best] = 1.0 / selected;
        }
    }

    /// <inheritdoc/>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        Require(input, weights);
        int fewest = Math.Max(Byzantine + Neighbours, Selected);
        if (input.TotalTasks < fewest)
        {
            throw new BalancerException($"{Name}: found {input.TotalTasks} tasks, expected at least {fewest} for n_byzantine={Byzantine} and n_selected={Selected}; lower them or use another balancer.");
        }

        if (input.Tasks < fewest)
        {
            weights.Fill(1.0 / input.Tasks);
            return BalanceStatus.Degenerate;
        }

        Weights(input.Gramian, Byzantine, Selected, weights);
        return BalanceStatus.Converged;
    }
}
