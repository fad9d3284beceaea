namespace Polymath.Learning.Relevance;

/// <summary>A map from inputs to the k features on which every task has a linear head.</summary>
public interface IRepresentation
{
    /// <summary>Length of one input.</summary>
    int InputSize { get; }

    /// <summary>k.</summary>
    int Size { get; }

    /// <summary>Computes the features of several inputs.</summary>
    /// <param name="inputs">[rows, <see cref="InputSize"/>] row-major.</param>
    /// <param name="features">[rows, <see cref="Size"/>] row-major.</param>
    void Transform(ReadOnlySpan<double> inputs, Span<double> features);
}
