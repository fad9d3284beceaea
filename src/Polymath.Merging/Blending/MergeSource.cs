using Polymath.Merging.Methods;
using Polymath.Merging.Sources;

namespace Polymath.Merging.Blending;

/// <summary>One model's part in the merge of one tensor.</summary>
/// <param name="Model">The model's name, for messages and random streams.</param>
/// <param name="Tensor">Its tensor.</param>
/// <param name="IsBase">Whether it is the base model.</param>
/// <param name="Parameters">The values of the method's per-model parameters for this tensor.</param>
public sealed record MergeSource(string Model, SourceTensor Tensor, bool IsBase, ParameterSet Parameters);
