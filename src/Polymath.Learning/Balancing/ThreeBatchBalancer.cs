using Polymath.Tensors;

namespace Polymath.Learning.Balancing;

/// <summary>
/// Simplex weights that are carried from step to step and moved by the cross inner products of two independent batches, so that the noise of
/// one batch does not correlate with that of the other: what SDMGrad and MoDo have in common.
/// </summary>
/// <remarks>
/// A task without labels in one of the three batches is absent: the others share the weight they have together, and the absent
/// task's weight stays as it is.
/// </remarks>
public abstract class ThreeBatchBalancer : Balancer
{
    private const int Batches = 3;

    private double[] _carried = [], _cross = [];

    private protected ThreeBatchBalancer()
    {
    }

    /// <inheritdoc/>
    public override BalancerNeeds Needs => BalancerNeeds.ThreeBatches;

    /// <summary>The weights carried to the next step, by task; on the simplex. Empty before <see cref="Prepare"/>.</summary>
    public ReadOnlySpan<double> Carried => _carried;

    /// <inheritdoc/>
    public override void Prepare(int totalTasks)
    {
        base.Prepare(totalTasks);
        if (_carried.Length == totalTasks) return;
        if (_carried.Length > 0) throw new BalancerException($"{Name}: prepared for {_carried.Length} tasks, found {totalTasks}; call Reset before using it on another model.");
        _carried = new double[totalTasks];
        _cross = new double[totalTasks * totalTasks];
        Array.Fill(_carried, 1.0 / totalTasks);
    }

    /// <summary>Not available: the rule reads the gradients of three batches.</summary>
    /// <exception cref="BalancerException">Always.</exception>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        Require(input, weights);
        throw new BalancerException($"{Name}: needs the task gradients of {Batches} independent batches, found one step's losses; call Combine with {Batches} batches.");
    }

    /// <inheritdoc/>
    public override void WriteState(BalancerState state)
    {
        base.WriteState(state);
        if (_carried.Length > 0) state.Set("weights", _carried);
    }

    /// <inheritdoc/>
    public override void ReadState(BalancerState state)
    {
        base.ReadState(state);
        if (!state.Doubles.ContainsKey("weights")) return;
        ReadOnlySpan<double> saved = state.GetDoubles("weights");
        Prepare(saved.Length);
        saved.CopyTo(_carried);
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        (_carried, _cross) = ([], []);
    }

    /// <summary>Checks the step and sizes the state.</summary>
    private protected void Begin(in BalanceInput input, ReadOnlySpan<TaskGradients> batches, ReadOnlySpan<double> weights)
    {
        Require(input, weights);
        if (batches.Length != Batches) throw new BalancerException($"{Name}: found the gradients of {batches.Length} batches, expected {Batches} independent ones.");
        foreach (TaskGradients batch in batches)
        {
            if (batch.Tasks != input.Tasks) throw new BalancerException($"{Name}: found {batch.Tasks} gradient rows for {input.Tasks} tasks, expected one per task present.");
        }

        Prepare(input.TotalTasks);
    }

    /// <summary>[K', K'] inner products of the gradients of one batch with those of another.</summary>
    /// <exception cref="BalancerException">A gradient is not finite; the task is named.</exception>
    private protected Span<double> CrossGramian(in BalanceInput input, TaskGradients first, TaskGradients second)
    {
        int n = input.Tasks;
        Span<double> cross = _cross.AsSpan(0, n * n);
        first.CrossGramian(second, cross);
        for (int i = 0; i < n; i++)
        {
            double own = cross[(i * n) + i];
            if (!double.IsFinite(own)) throw new BalancerException($"{Name}: the gradient of task {input.TaskOf(i)} is not finite (its inner product over two batches is {own}); lower the learning rate, clip gradients or check that task's inputs.", input.TaskOf(i));
        }

        return cross;
    }

    /// <summary>The carried weights of the tasks present, scaled to sum 1.</summary>
    /// <returns>Their sum before.</returns>
    private protected double Take(in BalanceInput input, Span<double> weights)
    {
        double mass = 0;
        for (int i = 0; i < weights.Length; i++) mass += weights[i] = _carried[input.TaskOf(i)];
        for (int i = 0; i < weights.Length; i++) weights[i] = mass > 0 ? weights[i] / mass : 1.0 / weights.Length;
        return mass;
    }

    /// <summary>Carries the weights of the tasks present to the next step.</summary>
    /// <param name="input">The step.</param>
    /// <param name="weights">[K'] on the simplex.</param>
    /// <param name="mass">What <see cref="Take"/> returned.</param>
    private protected void Put(in BalanceInput input, ReadOnlySpan<double> weights, double mass)
    {
        // Exactly 1 without absent tasks, although the sum of the weights is only nearly so.
        double share = weights.Length == _carried.Length ? 1 : mass;
        for (int i = 0; i < weights.Length; i++) _carried[input.TaskOf(i)] = share * weights[i];
    }
}
