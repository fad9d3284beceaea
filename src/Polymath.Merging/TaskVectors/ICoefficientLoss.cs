using Polymath.Tensors;

namespace Polymath.Merging.TaskVectors;

/// <summary>What coefficients are learned for: losses of the network as it stands, one after the other on the open tape.</summary>
internal interface ICoefficientLoss
{
    /// <summary>The most losses of one step.</summary>
    int Count { get; }

    /// <summary>Records the losses of a step.</summary>
    /// <param name="step">From 0.</param>
    /// <param name="losses">Room for <see cref="Count"/> tensors of one element.</param>
    /// <param name="weights">The weight of each, 1 unless written to.</param>
    /// <returns>How many there are; 0 when the step has nothing to learn from.</returns>
    int Record(int step, Span<Tensor> losses, Span<double> weights);

    /// <summary>Whose loss it is, for a message: "task 'sst2'".</summary>
    string Describe(int loss);
}
