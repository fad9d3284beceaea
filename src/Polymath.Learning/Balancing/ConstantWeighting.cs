namespace Polymath.Learning.Balancing;

/// <summary>Weights chosen by hand, one per task: what a grid search over loss weights runs.</summary>
/// <remarks>
/// The loss is sum_k w_k L_k. An absent task's weight is not handed to the others.
/// <para>Parameters: weights = 1/K (one finite number per task of the full list, negative ones allowed).</para>
/// <para>Reference: TorchJD@46962c2 aggregation/_constant.py. TorchJD combines rows of a Jacobian; here one loss is differentiated, which gives the
/// shared parameters the same gradient at the cost of one backward pass, and those of single tasks theirs times the weight.</para>
/// </remarks>
/// <example><code>var balancer = new ConstantWeighting([1, 0.1]);</code></example>
public sealed class ConstantWeighting : Balancer
{
    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "constant",
        "Constant weights",
        BalancerNeeds.Losses,
        "baseline",
        [new BalancerParameter("weights", BalancerParameterKind.Vector, string.Empty, "Weight of each task of the full list; 1/K each when left out.")],
        arguments => new ConstantWeighting(arguments.Vector("weights")));

    private readonly double[]? _weights;

    /// <summary>Constant weights.</summary>
    /// <param name="weights">One per task of the full list; null for 1/K' each.</param>
    public ConstantWeighting(IReadOnlyList<double>? weights = null)
    {
        foreach (double value in weights ?? []) Descriptor.Parameter("weights").Check(Descriptor.Name, value);
        _weights = weights is null ? null : [.. weights];
    }

    /// <summary>Weight of each task, or null for 1/K'.</summary>
    public IReadOnlyList<double>? Constants => _weights;

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => Descriptor.Specify(Constants);

    /// <inheritdoc/>
    public override BalancerNeeds Needs => Descriptor.Needs;

    /// <inheritdoc/>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        Require(input, weights);
        if (_weights is not null && _weights.Length != input.TotalTasks) throw new BalancerException($"{Name}: weights has {_weights.Length} elements, expected {input.TotalTasks}, one per task.");
        for (int i = 0; i < weights.Length; i++) weights[i] = _weights is null ? 1.0 / input.Tasks : _weights[input.TaskOf(i)];
        return BalanceStatus.Converged;
    }
}
