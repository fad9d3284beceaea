using Polymath.Tensors;

namespace Polymath.Learning.Balancing;

/// <summary>
/// Gradient vaccine: remembers how similar every pair of task gradients usually is, and turns a gradient towards another when it is less so
/// (Wang et al., "Gradient Vaccine", ICLR 2021, algorithm 1).
/// </summary>
/// <remarks>
/// For each i, v = g_i; for the other j in random order: phi = &lt;v, g_j&gt; / (||v|| ||g_j|| + eps); if phi &lt; rho_ij:
/// v += g_j ||v|| (rho sqrt(1 - phi^2) - phi sqrt(1 - rho^2)) / (||g_j|| sqrt(1 - rho^2) + eps); then rho_ij &lt;- (1 - beta) rho_ij + beta phi.
/// The update is the sum of the v_i. All of it is done on coefficients of the rows, so the Gramian of each group is enough.
/// <para>Parameters: beta = 0.5, group = 0 (0 whole model, 1 per module, 2 per tensor), eps = 1e-8.</para>
/// <para>Reference: LibMTL@4336804 weighting/GradVac.py. Differs: float64 inner products; cosines are kept in [-1, 1] and the goal rho below
/// 1 - 1e-6 in size, where the official code takes roots of negative numbers or divides by 1e-8; a zero gradient changes nothing; pairs with
/// an absent task keep their rho. Groups 1 and 2 need the rows, and then cannot be balanced at the representation; the reported weights are
/// the means over the parameters.</para>
/// </remarks>
/// <example><code>var balancer = new GradVac(beta: 0.01, group: GradVacGroup.Tensor);</code></example>
public sealed class GradVac : Balancer
{
    private const double DefaultBeta = 0.5, LibMtlEpsilon = 1e-8, LargestGoal = 1 - 1e-6;

    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "gradvac",
        "Gradient vaccine",
        BalancerNeeds.Gramian | BalancerNeeds.Gradients,
        "Wang, Tsvetkov, Firat, Cao: Gradient Vaccine: Investigating and Improving Multi-task Optimization in Massively Multilingual Models, ICLR 2021",
        [
            new BalancerParameter("beta", BalancerParameterKind.Number, "0.5", "Share of the newest cosine in the remembered one.") { Minimum = 0, Maximum = 1 },
            new BalancerParameter("group", BalancerParameterKind.Choice, "0", "What angles are measured in: 0 the whole model, 1 every module, 2 every tensor.") { Choices = ["0", "1", "2"] },
            new BalancerParameter("eps", BalancerParameterKind.Number, "1e-8", "Added to the norms that are divided by: 1e-8 as LibMTL, 0 for gradients of any size.") { Minimum = 0, Maximum = 1 },
        ],
        arguments => new GradVac(arguments.Number("beta"), (GradVacGroup)arguments.Choice("group"), arguments.Number("eps")));

    private double[] _targets = [], _gramian = [], _goals = [], _coefficients = [], _part = [];
    private int[] _orders = [];
    private int _total, _groups;

    /// <summary>Gradient vaccine.</summary>
    /// <param name="beta">Share of the newest cosine, in [0, 1].</param>
    /// <param name="group">What angles are measured in.</param>
    /// <param name="eps">Added to norms, in [0, 1].</param>
    public GradVac(double beta = DefaultBeta, GradVacGroup group = GradVacGroup.Model, double eps = LibMtlEpsilon)
    {
        Beta = Descriptor.Parameter("beta").Check(Descriptor.Name, beta);
        Group = Enum.IsDefined(group) ? group : throw Descriptor.Parameter("group").Invalid(Descriptor.Name, group.ToString());
        Eps = Descriptor.Parameter("eps").Check(Descriptor.Name, eps);
    }

    /// <summary>Share of the newest cosine in the remembered one.</summary>
    public double Beta { get; }

    /// <summary>What angles are measured in.</summary>
    public GradVacGroup Group { get; }

    /// <summary>Added to norms.</summary>
    public double Eps { get; }

    /// <summary>Injected visiting orders; null draws them from <see cref="BalanceInput.Random"/>.</summary>
    public IPermutationSource? Orders { get; init; }

    /// <summary>[K, K, groups] the remembered cosines; empty before the first step.</summary>
    public ReadOnlySpan<double> Targets => _targets;

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => Descriptor.Specify(Beta, Group, Eps);

    /// <inheritdoc/>
    public override BalancerNeeds Needs => Group == GradVacGroup.Model ? BalancerNeeds.Gramian : BalancerNeeds.Gradients;

    /// <summary>Adds to <paramref name="weights"/> the coefficients of row <paramref name="row"/> after vaccination.</summary>
    /// <param name="gramian">[K, K].</param>
    /// <param name="row">i, the row treated.</param>
    /// <param name="order">[K] visiting order.</param>
    /// <param name="beta">Share of the newest cosine.</param>
    /// <param name="eps">Added to norms.</param>
    /// <param name="goals">[K] rho_i, updated.</param>
    /// <param name="coefficients">[K] scratch.</param>
    /// <param name="weights">[K] running sum.</param>
    public static void Vaccinate(ReadOnlySpan<double> gramian, int row, ReadOnlySpan<int> order, double beta, double eps, Span<double> goals, Span<double> coefficients, Span<double> weights)
    {
        int n = weights.Length;
        coefficients.Clear();
        coefficients[row] = 1;
        foreach (int j in order)
        {
            if (j == row) continue;
            ReadOnlySpan<double> products = gramian.Slice(j * n, n);
            double inner = Dot(products, coefficients), square = 0;
            for (int k = 0; k < n; k++) square += coefficients[k] * Dot(gramian.Slice(k * n, n), coefficients);
            double length = Math.Sqrt(Math.Max(0, square)), other = Math.Sqrt(products[j]);
            bool angle = length > 0 && other > 0;
            double cosine = angle ? Math.Clamp(inner / ((length * other) + eps), -1, 1) : 0, goal = Math.Clamp(goals[j], -LargestGoal, LargestGoal);
            if (angle && cosine < goal)
            {
                double sine = Math.Sqrt(1 - (cosine * cosine)), goalSine = Math.Sqrt(1 - (goal * goal));
                coefficients[j] += length * ((goal * sine) - (cosine * goalSine)) / ((other * goalSine) + eps);
            }

            goals[j] += beta * (cosine - goals[j]);
        }

        for (int k = 0; k < n; k++) weights[k] += coefficients[k];
    }

    /// <inheritdoc/>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        if (Group != GradVacGroup.Model) throw NeedsRows();
        Require(input, weights);
        Begin(input, groups: 1);
        VaccinateAll(input, input.Gramian, group: 0, weights);
        return BalanceStatus.Converged;
    }

    /// <inheritdoc/>
    public override BalanceStatus Combine(in BalanceInput input, TaskGradients rows, Span<float> combined, Span<double> weights)
    {
        if (Group == GradVacGroup.Model) return base.Combine(input, rows, combined, weights);
        RequireRows(input, rows, combined, weights);
        ReadOnlySpan<int> starts = Group == GradVacGroup.Module ? input.ModuleStarts : input.TensorStarts;
        RequireStarts(starts, rows.Count);
        int n = weights.Length, groups = Math.Max(1, starts.Length);
        Begin(input, groups);
        Span<double> gramian = _gramian.AsSpan(0, n * n), part = _part.AsSpan(0, n);
        weights.Clear();
        for (int group = 0; group < groups; group++)
        {
            int start = starts.IsEmpty ? 0 : starts[group], length = (group + 1 < groups ? starts[group + 1] : rows.Count) - start;
            rows.Gramian(start, length, gramian);
            VaccinateAll(input, gramian, group, part);
            rows.Combine(part, start, combined.Slice(start, length));
            for (int i = 0; i < n; i++) weights[i] += part[i] * length / rows.Count;
        }

        return BalanceStatus.Converged;
    }

    /// <inheritdoc/>
    public override void WriteState(BalancerState state)
    {
        base.WriteState(state);
        if (_targets.Length == 0) return;
        state.Set("targets", _targets);
        state.Set("shape", [_total, _groups]);
    }

    /// <inheritdoc/>
    public override void ReadState(BalancerState state)
    {
        base.ReadState(state);
        Reset();
        if (!state.Doubles.ContainsKey("targets")) return;
        ReadOnlySpan<long> shape = state.GetIntegers("shape");
        Allocate((int)shape[0], (int)shape[1]);
        state.GetDoubles("targets").CopyTo(_targets);
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        (_targets, _total, _groups) = ([], 0, 0);
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int k = 0; k < a.Length; k++) sum += a[k] * b[k];
        return sum;
    }

    // The orders of a step are drawn once and serve every group.
    private void Begin(in BalanceInput input, int groups)
    {
        Allocate(input.TotalTasks, groups);
        int n = input.Tasks;
        for (int i = 0; i < n; i++)
        {
            Span<int> order = _orders.AsSpan(i * n, n);
            if (Orders is not null) Orders.Fill(i, order);
            else if (input.Random is not null) input.Random.FillPermutation(order);
            else throw new BalancerException($"{Name}: the step has no random stream, expected one for the visiting order; set BalanceInput.Random or GradVac.Orders.");
        }
    }

    private void VaccinateAll(in BalanceInput input, ReadOnlySpan<double> gramian, int group, Span<double> weights)
    {
        int n = weights.Length;
        Span<double> goals = _goals.AsSpan(0, n);
        weights.Clear();
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++) goals[j] = Target(input, i, j, group);
            Vaccinate(gramian, i, _orders.AsSpan(i * n, n), Beta, Eps, goals, _coefficients.AsSpan(0, n), weights);
            for (int j = 0; j < n; j++) Target(input, i, j, group) = goals[j];
        }
    }

    private ref double Target(in BalanceInput input, int i, int j, int group) => ref _targets[(((input.TaskOf(i) * _total) + input.TaskOf(j)) * _groups) + group];

    private void RequireStarts(ReadOnlySpan<int> starts, int count)
    {
        for (int i = 0; i < starts.Length; i++)
        {
            if (i == 0 ? starts[0] != 0 : starts[i] <= starts[i - 1] || starts[i] >= count) throw new BalancerException($"{Name}: start {starts[i]} of piece {i} is out of order or range, expected increasing starts from 0 within a row of {count}.");
        }
    }

    private void Allocate(int total, int groups)
    {
        if (_total == total && _groups == groups) return;
        if (_total > 0) throw new BalancerException($"{Name}: holds the cosines of {_total} tasks in {_groups} groups, found {total} tasks in {groups}; call Reset before using it on another model.");
        (_total, _groups) = (total, groups);
        _targets = new double[total * total * groups];
        (_gramian, _goals, _coefficients, _part, _orders) = (new double[total * total], new double[total], new double[total], new double[total], new int[total * total]);
    }
}
