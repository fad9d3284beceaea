using System.Numerics.Tensors;

namespace Polymath.Learning.Balancing;

/// <summary>
/// A rule that learns its task weights on two levels: parameters follow the weighted losses of the inner rows, and the weights move so that
/// the losses of the outer rows fall. It looks at parameters of its own choosing, see <see cref="IBilevelProblem"/>.
/// </summary>
/// <remarks>
/// The weights are softmax(a) with one logit per task, 1/K at first; the logits have an Adam of their own with learning rate outer_lr.
/// They sum to 1 over the tasks present, so the update is about a K-th of that of equal weighting with sums. It covers all
/// parameters, shared and single.
/// </remarks>
public abstract class BilevelBalancer : Balancer
{
    /// <summary>The learning rate of the logits in every rule, unless set.</summary>
    private protected const double DefaultOuterRate = 1e-3;

    private float[] _losses = [];
    private double[] _slopes = [];

    private protected BilevelBalancer(BalancerDescriptor descriptor, double outerRate)
    {
        OuterRate = descriptor.Parameter("outer_lr").Check(descriptor.Name, outerRate);
        Learned = new SoftmaxWeights(descriptor.Name, OuterRate);
    }

    /// <summary>Learning rate of the logits of the task weights.</summary>
    public double OuterRate { get; }

    /// <inheritdoc/>
    public override BalancerNeeds Needs => BalancerNeeds.Bilevel;

    internal SoftmaxWeights Learned { get; }

    /// <summary>The parameter that all of these rules have.</summary>
    private protected static BalancerParameter OuterRateParameter { get; } = new("outer_lr", BalancerParameterKind.Number, "1e-3", "Learning rate of the task weights' logits.") { Minimum = 0, Maximum = 1e3 };

    /// <inheritdoc/>
    public override void Prepare(int totalTasks)
    {
        base.Prepare(totalTasks);
        Learned.Prepare(totalTasks);
        if (_losses.Length != totalTasks) (_losses, _slopes) = (new float[totalTasks], new double[totalTasks]);
    }

    /// <summary>Not available: the rule looks at gradients at other parameters.</summary>
    /// <exception cref="BalancerException">Always.</exception>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        Require(input, weights);
        throw new BalancerException($"{Name}: needs gradients at parameters of its own choosing, found one step's losses; call Combine with an IBilevelProblem.");
    }

    /// <inheritdoc/>
    public sealed override BalanceStatus Combine(in BalanceInput input, IBilevelProblem problem, Span<float> combined, Span<double> weights)
    {
        ArgumentNullException.ThrowIfNull(problem);
        Require(input, weights);
        if (combined.Length != problem.Parameters.Length) throw new BalancerException($"{Name}: the combined gradient has {combined.Length} elements, expected {problem.Parameters.Length}, one per parameter.");
        Prepare(input.TotalTasks);
        Learned.Softmax(input, weights);
        return Descend(input, problem, combined, weights);
    }

    /// <inheritdoc/>
    public override void WriteState(BalancerState state)
    {
        base.WriteState(state);
        Learned.Write(state);
    }

    /// <inheritdoc/>
    public override void ReadState(BalancerState state)
    {
        base.ReadState(state);
        Learned.Read(state);
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        Learned.Reset();
        (_losses, _slopes) = ([], []);
    }

    /// <summary>Moves the logits and makes the update.</summary>
    /// <param name="input">Which tasks are present.</param>
    /// <param name="problem">Where to look; to be left with its parameters restored.</param>
    /// <param name="combined">[P], overwritten.</param>
    /// <param name="weights">[K'] the weights before the step; overwritten with those used.</param>
    private protected abstract BalanceStatus Descend(in BalanceInput input, IBilevelProblem problem, Span<float> combined, Span<double> weights);

    /// <summary>[K'] room for losses.</summary>
    private protected Span<float> LossesOf(in BalanceInput input) => _losses.AsSpan(0, input.Tasks);

    /// <summary>[K'] room for the slopes of the outer loss along the weights.</summary>
    private protected Span<double> SlopesOf(in BalanceInput input) => _slopes.AsSpan(0, input.Tasks);

    /// <summary>parameters += factor * direction.</summary>
    private protected static void Move(IBilevelProblem problem, ReadOnlySpan<float> direction, double factor)
    {
        Span<float> parameters = problem.Parameters;
        TensorPrimitives.MultiplyAdd(direction, (float)factor, parameters, parameters);
    }

    /// <summary>The update by the gradient of the weighted losses of the step's batch, with the weights as they are now.</summary>
    private protected void Follow(in BalanceInput input, IBilevelProblem problem, Span<float> combined, Span<double> weights)
    {
        Span<float> losses = LossesOf(input);
        Learned.Softmax(input, weights);
        problem.Differentiate(BilevelBatch.Step, weights, losses, combined);
        RequireFinite(input, losses, "of the step's batch");
    }

    /// <summary>Throws when a loss is not finite; the task is named.</summary>
    private protected void RequireFinite(in BalanceInput input, ReadOnlySpan<float> losses, string where)
    {
        for (int i = 0; i < losses.Length; i++)
        {
            if (!float.IsFinite(losses[i])) throw new BalancerException($"{Name}: the loss {where} of task {input.TaskOf(i)} is {losses[i]}, expected a finite number; lower the learning rate or check that task's targets.", input.TaskOf(i));
        }
    }
}
