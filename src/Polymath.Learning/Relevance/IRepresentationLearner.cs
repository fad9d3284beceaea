using Polymath.Tensors;

namespace Polymath.Learning.Relevance;

/// <summary>Multi-task empirical risk minimisation: the shared representation that, with a linear head for each source, fits the pooled squared loss best.</summary>
public interface IRepresentationLearner
{
    /// <summary>Learns from all source samples, each counting once.</summary>
    /// <param name="sources">[M], at least one with samples.</param>
    /// <param name="size">k.</param>
    /// <param name="random">Where draws come from.</param>
    /// <returns>
    /// A representation with a fixed scale, orthonormal in the sense of the learner: the Lasso on heads would otherwise depend on an
    /// arbitrary change of basis.
    /// </returns>
    IRepresentation Learn(IReadOnlyList<TaskSamples> sources, int size, RandomStream random);
}
