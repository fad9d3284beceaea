namespace Polymath.Merging.TaskVectors;

/// <summary>A penalty on trained values.</summary>
/// <param name="trained">The values.</param>
/// <param name="gradient">Its gradient is added here.</param>
/// <returns>Its value.</returns>
internal delegate double CoefficientPenalty(ReadOnlySpan<float> trained, Span<float> gradient);
