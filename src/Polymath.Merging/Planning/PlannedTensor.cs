using Polymath.Merging.Blending;
using Polymath.Merging.Methods;
using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Planning;

/// <summary>One tensor of the output: where it comes from, how it is made, and what it becomes.</summary>
/// <param name="Name">The name in the output.</param>
/// <param name="Type">The type in the output.</param>
/// <param name="Shape">The shape in the output.</param>
/// <param name="Method">The method; null copies the first source as it is (integer tensors).</param>
/// <param name="Sources">The models' tensors in the order of the models, the base model's included when it takes part.</param>
/// <param name="Parameters">The resolved global parameters.</param>
/// <param name="IsEmbedding">Whether its rows belong to tokens.</param>
public sealed record PlannedTensor(string Name, SafetensorsType Type, IReadOnlyList<long> Shape, MergeMethod? Method, IReadOnlyList<MergeSource> Sources, ParameterSet Parameters, bool IsEmbedding)
{
    /// <summary>Number of elements.</summary>
    public long Elements => Shape.Aggregate(1L, static (product, dimension) => product * dimension);

    /// <summary>Bytes in the output.</summary>
    public long Bytes => Elements * Type.Bits() / 8;

    /// <summary>The merge of this tensor.</summary>
    /// <param name="settings">What holds for the whole merge.</param>
    /// <param name="survey">What the method's survey found, or null.</param>
    public TensorMerge ToMerge(MergeSettings settings, object? survey = null) => new(Name, Shape, Sources, Parameters, settings) { IsEmbedding = IsEmbedding, Survey = survey };
}
