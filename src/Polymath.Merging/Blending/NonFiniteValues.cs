namespace Polymath.Merging.Blending;

/// <summary>Told about elements of a source of which some are NaN or infinite. Called from several threads.</summary>
/// <param name="tensor">The output tensor's name.</param>
/// <param name="model">The model's name.</param>
/// <param name="start">The position of the first of the values.</param>
/// <param name="values">The values.</param>
public delegate void NonFiniteValues(string tensor, string model, long start, ReadOnlySpan<float> values);
