using System.Numerics.Tensors;

namespace Polymath.Learning.Relevance;

/// <summary>phi(x) = B^T x with orthonormal columns of B.</summary>
public sealed class LinearRepresentation : IRepresentation
{
    private readonly double[] _basis;

    /// <summary>Wraps a basis.</summary>
    /// <param name="basis">B^T, [size, inputSize] row-major: each row is one direction.</param>
    /// <param name="size">k.</param>
    public LinearRepresentation(double[] basis, int size)
    {
        ArgumentNullException.ThrowIfNull(basis);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        if (basis.Length == 0 || basis.Length % size != 0) throw new RelevanceException($"LinearRepresentation: the basis has {basis.Length} elements, expected a multiple of k = {size}.");
        (_basis, Size, InputSize) = (basis, size, basis.Length / size);
    }

    /// <inheritdoc/>
    public int InputSize { get; }

    /// <inheritdoc/>
    public int Size { get; }

    /// <summary>Direction <paramref name="index"/>, column of B, [InputSize].</summary>
    public ReadOnlySpan<double> Direction(int index) => _basis.AsSpan(index * InputSize, InputSize);

    /// <inheritdoc/>
    public void Transform(ReadOnlySpan<double> inputs, Span<double> features)
    {
        int rows = inputs.Length / InputSize;
        for (int r = 0; r < rows; r++)
        {
            ReadOnlySpan<double> input = inputs.Slice(r * InputSize, InputSize);
            for (int j = 0; j < Size; j++) features[(r * Size) + j] = TensorPrimitives.Dot(input, Direction(j));
        }
    }

    /// <summary>B w: the linear predictor of a head in input space.</summary>
    /// <param name="head">[Size].</param>
    /// <param name="predictor">[InputSize].</param>
    public void Compose(ReadOnlySpan<double> head, Span<double> predictor)
    {
        predictor.Clear();
        for (int j = 0; j < Size; j++) TensorPrimitives.MultiplyAdd(Direction(j), head[j], predictor, predictor);
    }
}
