using Polymath.Tensors;

namespace Polymath.Learning.Regularization;

/// <summary>The gradient of sum_t f_t + lambda_tsr L_tsr + lambda_csa L_csa above the encoder.</summary>
/// <param name="Representation">With respect to the representation, in its shape: what the encoder's sweep starts from.</param>
/// <param name="Parameters">With respect to the parameters of the heads, in their shapes.</param>
/// <param name="Tsr">L_tsr.</param>
/// <param name="Csa">L_csa; NaN for a batch of one sample.</param>
public sealed record RepMtlGradient(Tensor Representation, IReadOnlyList<Tensor> Parameters, float Tsr, float Csa);
