using Polymath.Tensors;

namespace Polymath.Learning.Regularization;

/// <summary>The two regularisers of Rep-MTL as recorded values.</summary>
/// <param name="Tsr">Task-specific saliency regularisation, one element in [0, ln T].</param>
/// <param name="Csa">Cross-task saliency alignment, one element, of either sign; empty for a batch of one sample.</param>
/// <param name="Entropy">Entropy of the tasks at every location, <c>[batch, locations]</c>; its mean is <paramref name="Tsr"/>.</param>
public readonly record struct RepMtlTerms(Tensor Tsr, Tensor Csa, Tensor Entropy);
