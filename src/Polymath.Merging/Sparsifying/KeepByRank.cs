using System.Buffers;
using Polymath.Merging.Blending;

namespace Polymath.Merging.Sparsifying;

/// <summary>
/// Keeps each element with a probability that grows linearly with the rank of its magnitude in its row, from density - epsilon for the
/// smallest to density + epsilon for the largest (DELLA's MagPrune). In a tensor of more than two axes the ranks run along axis 1, as mergekit ranks.
/// </summary>
/// <param name="tensor">The tensor.</param>
/// <param name="model">The model's name.</param>
/// <param name="density">The mean probability to stay.</param>
/// <param name="epsilon">Half the width of the range of probabilities.</param>
/// <param name="scratch">Which scratch span takes the draws.</param>
internal sealed class KeepByRank(TensorMerge tensor, string model, double density, double epsilon, int scratch) : ISparsifier
{
    /// <inheritdoc/>
    public void Apply(Block block, Span<float> delta)
    {
        Span<float> draws = block.Scratch(scratch);
        tensor.Settings.Draws.Fill(tensor.Name, model, block.Start, draws);
        // A lane is a run of elements that are ranked together: a row of a matrix, or every inner-th element of a slice.
        int slice = (int)(tensor.Shape.Count > 1 ? tensor.Elements / tensor.Shape[0] : tensor.Elements), ranked = (int)(tensor.Shape.Count > 1 ? tensor.Shape[1] : tensor.Elements), inner = slice / Math.Max(1, ranked);
        ulong[] order = ArrayPool<ulong>.Shared.Rent(ranked), spare = ArrayPool<ulong>.Shared.Rent(ranked);
        for (int start = 0; start < delta.Length; start += slice)
        {
            for (int lane = 0; lane < inner; lane++) Lane(delta[(start + lane)..], draws[(start + lane)..], inner, order.AsSpan(0, ranked), spare.AsSpan(0, ranked));
        }

        ArrayPool<ulong>.Shared.Return(order);
        ArrayPool<ulong>.Shared.Return(spare);
    }

    private void Lane(Span<float> delta, ReadOnlySpan<float> draws, int stride, Span<ulong> order, Span<ulong> spare)
    {
        for (int i = 0; i < order.Length; i++) order[i] = ((ulong)BitConverter.SingleToUInt32Bits(Math.Abs(delta[i * stride])) << 32) | (uint)i;
        RadixOrder.Ascending(order, spare);
        float low = (float)(density - epsilon), range = (float)(2 * epsilon);
        for (int rank = 0; rank < order.Length; rank++)
        {
            float fraction = order.Length == 1 ? 0.5f : (float)rank / (order.Length - 1);
            int at = (int)(uint)order[rank] * stride;
            if (draws[at] >= low + (range * fraction)) delta[at] = 0;
        }
    }
}
