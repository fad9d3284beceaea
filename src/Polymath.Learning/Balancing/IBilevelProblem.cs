using Polymath.Tensors;

namespace Polymath.Learning.Balancing;

/// <summary>
/// What a bilevel rule works on: the losses of the tasks present, and their gradients, at parameters that the rule moves as it likes. Unlike
/// in other rules the gradients are those of all trained parameters, shared and single.
/// </summary>
/// <remarks>
/// Every look at the same rows and parameters gives the same losses: random layers draw the same again. A look at moved parameters may
/// give a loss that is not finite; what to do then is the rule's affair. Looks overwrite what an earlier look at the same rows returned.
/// </remarks>
public interface IBilevelProblem
{
    /// <summary>[P] all trained parameters; writing here moves them.</summary>
    Span<float> Parameters { get; }

    /// <summary>The learning rate that the optimiser is about to use.</summary>
    double LearningRate { get; }

    /// <summary>The losses: one forward pass.</summary>
    /// <param name="batch">Which rows.</param>
    /// <param name="losses">[K'], overwritten.</param>
    void Evaluate(BilevelBatch batch, Span<float> losses);

    /// <summary>The gradient of the weighted sum of the losses: one forward and one backward pass.</summary>
    /// <param name="batch">Which rows.</param>
    /// <param name="weights">[K'].</param>
    /// <param name="losses">[K'], overwritten.</param>
    /// <param name="gradient">[P], overwritten.</param>
    void Differentiate(BilevelBatch batch, ReadOnlySpan<double> weights, Span<float> losses, Span<float> gradient);

    /// <summary>The gradients of the tasks: one forward pass and a backward pass per task.</summary>
    /// <param name="batch">Which rows.</param>
    /// <param name="losses">[K'], overwritten.</param>
    /// <returns>[K', P]; overwritten by the next such look at the same rows.</returns>
    TaskGradients DifferentiateTasks(BilevelBatch batch, Span<float> losses);

    /// <summary>Puts the parameters back, bit for bit, to where they were before the step.</summary>
    void Restore();
}
