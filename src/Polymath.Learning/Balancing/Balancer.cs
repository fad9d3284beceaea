using Polymath.Tensors;

namespace Polymath.Learning.Balancing;

/// <summary>
/// Turns the losses of K tasks, or the inner products of their gradients, into one update of the shared parameters. It sees spans and
/// small matrices only, so it can be called with gradients from any framework.
/// </summary>
/// <remarks>
/// A task without labels in a batch is absent: it has no row, its weight is not asked for and its part of the state stays untouched.
/// Instances are not thread safe.
/// </remarks>
/// <example><code>
/// Balancer balancer = Balancers.Create("cagrad:c=0.4");
/// TaskGradients rows = TaskGradients.FromRows([[1f, 0f], [-0.5f, 1f]]);
/// double[] gramian = new double[4], weights = new double[2];
/// rows.Gramian(gramian);
/// float[] update = new float[2];
/// var input = new BalanceInput { Losses = [0.7f, 0.9f], Gramian = gramian };
/// balancer.Combine(input, rows, update, weights);
/// </code></example>
public abstract class Balancer
{
    private double[] _gramian = [];

    /// <summary>The name in <see cref="Balancers"/>: "cagrad".</summary>
    public abstract string Name { get; }

    /// <summary>What <see cref="Weigh"/> reads.</summary>
    public abstract BalancerNeeds Needs { get; }

    /// <summary>Name and parameters that differ from their defaults, as <see cref="Balancers.Create"/> reads them: "cagrad:c=0.4".</summary>
    public virtual string Specification => Name;

    /// <summary>
    /// Whether the parameters of single tasks receive their gradient times the task's weight (<see cref="WeighHeads"/>), as when the weighted
    /// sum of the losses is differentiated. Otherwise they receive the plain gradient of their own loss. Rules that read only losses always do.
    /// </summary>
    public virtual bool WeighsHeads => false;

    /// <summary>
    /// Whether the rule works on the gradients of a function of the losses, f(L_k), see <see cref="Slopes"/>. Rows, inner products and the
    /// gradients of single tasks' parameters are then those of f(L_k); <see cref="BalanceInput.Losses"/> stays raw.
    /// </summary>
    public virtual bool TransformsLosses => false;

    /// <summary>Whether the rule mixes the representation gradients element by element, see <see cref="CombineRepresentation"/>.</summary>
    public virtual bool MixesRepresentation => false;

    /// <summary>Parameters of the rule that the main optimiser trains, [TotalTasks]; empty for most rules. Available after <see cref="Prepare"/>.</summary>
    public float[] Learnable { get; protected set; } = [];

    /// <summary>The gradient of the objective with respect to <see cref="Learnable"/>, written by <see cref="Weigh"/>; zero for absent tasks.</summary>
    public float[] LearnableGradient { get; protected set; } = [];

    /// <summary>Whether the rule compares or combines gradients, at the parameters or at the representation, of the one batch of a step.</summary>
    internal bool ReadsGradients => (Needs & (BalancerNeeds.Gramian | BalancerNeeds.Gradients | BalancerNeeds.RepresentationGradients)) != 0;

    /// <summary>Whether the rule keeps values per parameter from step to step.</summary>
    internal virtual bool RemembersGradients => false;

    /// <summary>Sizes the state for a model; called by <see cref="Weigh"/> when the caller did not. Calling it again with the same number changes nothing.</summary>
    /// <param name="totalTasks">K, the number of tasks of the model.</param>
    public virtual void Prepare(int totalTasks) => ArgumentOutOfRangeException.ThrowIfNegativeOrZero(totalTasks);

    /// <summary>Weights of the tasks present: loss weights for rules that read losses only, otherwise w such that the update is w^T G.</summary>
    /// <param name="input">The step.</param>
    /// <param name="weights">[input.Tasks], overwritten.</param>
    /// <returns>How the rule ended; the weights are finite whatever the status.</returns>
    /// <exception cref="BalancerException">A loss or gradient is not finite (the task is named), or sizes disagree.</exception>
    public abstract BalanceStatus Weigh(in BalanceInput input, Span<double> weights);

    /// <summary>The combined gradient of the shared parameters: weights^T rows.</summary>
    /// <param name="input">The step.</param>
    /// <param name="rows">The task gradients, one row per task present.</param>
    /// <param name="combined">[rows.Count], overwritten.</param>
    /// <param name="weights">[input.Tasks], overwritten with the weights used.</param>
    /// <returns>How the rule ended.</returns>
    public virtual BalanceStatus Combine(in BalanceInput input, TaskGradients rows, Span<float> combined, Span<double> weights)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Tasks != input.Tasks) throw new BalancerException($"{Name}: found {rows.Tasks} gradient rows for {input.Tasks} tasks, expected one per task present.");
        BalanceStatus status = Weigh(input, weights);
        rows.Combine(weights, combined);
        return status;
    }

    /// <summary>The combined gradient of a rule that needs <see cref="BalancerNeeds.ThreeBatches"/>.</summary>
    /// <param name="input">The step; losses are those of the last batch.</param>
    /// <param name="batches">Task gradients of three independent batches at the same parameters; row i of each belongs to the same task.</param>
    /// <param name="combined">[rows.Count], overwritten.</param>
    /// <param name="weights">[input.Tasks], overwritten with the weights used.</param>
    /// <returns>How the rule ended.</returns>
    public virtual BalanceStatus Combine(in BalanceInput input, ReadOnlySpan<TaskGradients> batches, Span<float> combined, Span<double> weights)
        => throw new BalancerException($"{Name}: works on the gradients of one batch, found {batches.Length}.");

    /// <summary>The combined gradient of a rule that needs <see cref="BalancerNeeds.Bilevel"/>.</summary>
    /// <param name="input">Which tasks are present; without losses.</param>
    /// <param name="problem">Where the rule looks; its parameters are where they were when this returns.</param>
    /// <param name="combined">[P] the gradient of all parameters, shared and single; overwritten.</param>
    /// <param name="weights">[input.Tasks], overwritten with the weights used.</param>
    /// <returns>How the rule ended.</returns>
    public virtual BalanceStatus Combine(in BalanceInput input, IBilevelProblem problem, Span<float> combined, Span<double> weights)
        => throw new BalancerException($"{Name}: works on the gradients of one step, not on a bilevel problem.");

    /// <summary>The combined gradient of a part of the representation, for rules that mix it (<see cref="MixesRepresentation"/>).</summary>
    /// <param name="input">The step.</param>
    /// <param name="part">The values of the part and the task gradients there.</param>
    /// <param name="combined">[batch, features], overwritten.</param>
    public virtual void CombineRepresentation(in BalanceInput input, in RepresentationPart part, Span<float> combined)
        => throw new BalancerException($"{Name}: does not combine representation gradients.");

    /// <summary>f'(L_k) of a rule that <see cref="TransformsLosses"/>; called before the gradients are computed.</summary>
    /// <param name="input">The step, without inner products.</param>
    /// <param name="slopes">[input.Tasks], overwritten.</param>
    /// <exception cref="BalancerException">A loss is outside the function's domain; the task is named.</exception>
    public virtual void Slopes(in BalanceInput input, Span<double> slopes) => slopes.Fill(1);

    /// <summary>Factors of the gradients of single tasks' parameters, for a rule that <see cref="WeighsHeads"/>; called after the weights are known.</summary>
    /// <param name="weights">[K'] what <see cref="Weigh"/> or <see cref="Combine(in BalanceInput, TaskGradients, Span{float}, Span{double})"/> wrote.</param>
    /// <param name="heads">[K'], overwritten.</param>
    public virtual void WeighHeads(ReadOnlySpan<double> weights, Span<double> heads) => weights.CopyTo(heads);

    /// <summary>Told the losses of the step's batch at the parameters after the step, when the rule needs <see cref="BalancerNeeds.LossesAfterStep"/>.</summary>
    /// <param name="before">The step as it was given to <see cref="Weigh"/>.</param>
    /// <param name="lossesAfter">[before.Tasks].</param>
    public virtual void AfterStep(in BalanceInput before, ReadOnlySpan<float> lossesAfter)
    {
    }

    /// <summary>Told the mean training loss of every task when an epoch ends.</summary>
    /// <param name="epoch">Zero-based.</param>
    /// <param name="meanLosses">[TotalTasks]; NaN for a task that had no label.</param>
    public virtual void EndEpoch(int epoch, ReadOnlySpan<double> meanLosses)
    {
    }

    /// <summary>Adds everything a resumed run needs to <paramref name="state"/>.</summary>
    /// <param name="state">Where to write.</param>
    public virtual void WriteState(BalancerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (Learnable.Length > 0) state.Set("learnable", Learnable);
    }

    /// <summary>Restores what <see cref="WriteState"/> wrote.</summary>
    /// <param name="state">Where to read.</param>
    public virtual void ReadState(BalancerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (!state.Singles.ContainsKey("learnable")) return;
        ReadOnlySpan<float> saved = state.GetSingles("learnable");
        Prepare(saved.Length);
        saved.CopyTo(Learnable);
    }

    /// <summary>Forgets the state, as if newly created.</summary>
    public virtual void Reset()
    {
        Learnable = [];
        LearnableGradient = [];
    }

    /// <summary>Makes room for one trained value per task, once.</summary>
    /// <param name="totalTasks">K.</param>
    /// <param name="initial">First value of each.</param>
    /// <exception cref="BalancerException">There is room for another number of tasks already.</exception>
    protected void PrepareLearnable(int totalTasks, double initial)
    {
        if (Learnable.Length == totalTasks) return;
        if (Learnable.Length > 0) throw new BalancerException($"{Name}: prepared for {Learnable.Length} tasks, found {totalTasks}; call Reset before using it on another model.");
        (Learnable, LearnableGradient) = (new float[totalTasks], new float[totalTasks]);
        Array.Fill(Learnable, (float)initial);
    }

    /// <summary>The checks that open every <see cref="Weigh"/>.</summary>
    /// <param name="input">The step.</param>
    /// <param name="weights">The destination.</param>
    protected void Require(in BalanceInput input, ReadOnlySpan<double> weights)
    {
        input.Require(Name, Needs);
        if (weights.Length != input.Tasks) throw new BalancerException($"{Name}: the weights have {weights.Length} elements, expected {input.Tasks}, one per task present.");
    }

    /// <summary>The checks that open the <see cref="Combine(in BalanceInput, TaskGradients, Span{float}, Span{double})"/> of a rule that reads the rows themselves.</summary>
    /// <param name="input">The step.</param>
    /// <param name="rows">The task gradients.</param>
    /// <param name="combined">The destination.</param>
    /// <param name="weights">The destination of the weights.</param>
    /// <returns>[K', K'] the inner products of the rows: those of the step, or computed here when it has none.</returns>
    /// <exception cref="BalancerException">Sizes disagree, or a loss or row is not finite (the task is named).</exception>
    protected ReadOnlySpan<double> RequireRows(in BalanceInput input, TaskGradients rows, ReadOnlySpan<float> combined, ReadOnlySpan<double> weights)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Require(input, weights);
        int tasks = input.Tasks;
        if (rows.Tasks != tasks) throw new BalancerException($"{Name}: found {rows.Tasks} gradient rows for {tasks} tasks, expected one per task present.");
        if (combined.Length != rows.Count) throw new BalancerException($"{Name}: the combined gradient has {combined.Length} elements, expected {rows.Count} as the rows.");
        if (!input.Gramian.IsEmpty)
        {
            input.Require(Name, BalancerNeeds.Gramian);
            return input.Gramian;
        }

        if (_gramian.Length < tasks * tasks) _gramian = new double[tasks * tasks];
        Span<double> gramian = _gramian.AsSpan(0, tasks * tasks);
        rows.Gramian(gramian);
        new BalanceInput { Tasks = tasks, TotalTasks = input.TotalTasks, Active = input.Active, Gramian = gramian }.Require(Name, BalancerNeeds.Gramian);
        return gramian;
    }

    /// <summary>What <see cref="Weigh"/> of a rule throws that reads the rows themselves.</summary>
    protected BalancerException NeedsRows() => new($"{Name}: inner products are not enough, this rule works on the gradient rows element by element; call Combine with the rows, and balance at the parameters.");
}
