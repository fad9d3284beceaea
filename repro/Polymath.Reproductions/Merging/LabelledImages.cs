using Polymath.Tensors;

namespace Polymath.Reproductions.Merging;

/// <summary>Pictures of one task and split.</summary>
/// <param name="Inputs">Pixels, <c>[count, features]</c> row-major.</param>
/// <param name="Labels">The digit of each, 0 to 9.</param>
/// <param name="Features">Pixels of a picture.</param>
public sealed record LabelledImages(float[] Inputs, float[] Labels, int Features)
{
    /// <summary>Number of pictures.</summary>
    public int Count => Labels.Length;

    /// <summary>Copies pictures into a batch.</summary>
    /// <param name="rows">Which pictures.</param>
    /// <param name="batch">Receives them, <c>[rows, features]</c>, from the row at <paramref name="start"/> on.</param>
    /// <param name="labels">Receives their labels, <c>[rows]</c>.</param>
    /// <param name="start">The first row to write.</param>
    public void Gather(ReadOnlySpan<int> rows, Tensor batch, Span<float> labels, int start = 0)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            Inputs.AsSpan(rows[i] * Features, Features).CopyTo(batch.Span.Slice((start + i) * Features, Features));
            labels[start + i] = Labels[rows[i]];
        }
    }

    /// <summary>All pictures as one tensor, <c>[count, features]</c>.</summary>
    public Tensor ToTensor() => Tensor.FromArray(Inputs, Count, Features);
}
