using Polymath.Tensors;

namespace Polymath.Learning.Regularization;

/// <summary>
/// Adds a term to the losses of a step that looks at how the tasks use the representation they share. The trainer adds its gradient with
/// weight 1, whatever the balancer does with the tasks.
/// </summary>
/// <example><code>
/// var trainer = new Trainer(model) { Regularizer = Regularizers.Create("rep-mtl:lambda_csa=0.5") };
/// </code></example>
public interface IRepresentationRegularizer
{
    /// <summary>The name in <see cref="Regularizers"/>: "rep-mtl".</summary>
    string Name { get; }

    /// <summary>Name and parameters that differ from their defaults, as <see cref="Regularizers.Create"/> reads them.</summary>
    string Specification { get; }

    /// <summary>Whether the objectives are a function of the losses, f(L), and not the losses themselves; the balancer then acts on f(L).</summary>
    bool TransformsLosses { get; }

    /// <summary>Names of the numbers in <see cref="Values"/>.</summary>
    IReadOnlyList<string> Terms { get; }

    /// <summary>The terms of the last step, unweighted; NaN for one that the step had no use for.</summary>
    ReadOnlySpan<double> Values { get; }

    /// <summary>The extra loss of a step and the objectives that take the place of the losses.</summary>
    /// <param name="tape">The tape that recorded the losses; it is the current one.</param>
    /// <param name="losses">[K'] losses of the tasks present, one element each.</param>
    /// <param name="representation">What every task's head reads, <c>[batch, channels, ...]</c>, recorded on the tape.</param>
    /// <param name="objectives">[K'] overwritten: f(L), recorded on the tape.</param>
    /// <returns>One element, recorded on the tape; empty when there is nothing to add.</returns>
    /// <exception cref="RegularizerException">A loss is outside the domain of f, or a task does not read the representation; the task is named.</exception>
    Tensor Regularize(Tape tape, ReadOnlySpan<Tensor> losses, Tensor representation, Span<Tensor> objectives);
}
