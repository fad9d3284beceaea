namespace Polymath.Merging.TaskVectors;

/// <summary>Where composed weights go: the tensors of a base, by their place in it.</summary>
internal interface IWeightTensors
{
    /// <summary>The row-major elements of a tensor.</summary>
    Span<float> Values(int tensor);
}
