using System.Numerics;
using Polymath.Merging.Blending;

namespace Polymath.Merging.Sparsifying;

/// <summary>Keeps each element with the same probability.</summary>
/// <param name="tensor">The tensor.</param>
/// <param name="model">The model's name.</param>
/// <param name="density">The probability to stay.</param>
/// <param name="scratch">Which scratch span takes the draws.</param>
internal sealed class KeepRandom(TensorMerge tensor, string model, double density, int scratch) : ISparsifier
{
    /// <inheritdoc/>
    public void Apply(Block block, Span<float> delta)
    {
        Span<float> draws = block.Scratch(scratch);
        tensor.Settings.Draws.Fill(tensor.Name, model, block.Start, draws);
        float probability = (float)density;
        Vector<float> limit = new(probability);
        int i = 0;
        for (; i <= delta.Length - Vector<float>.Count; i += Vector<float>.Count)
            Vector.ConditionalSelect(Vector.LessThan(new Vector<float>(draws[i..]), limit), new Vector<float>(delta[i..]), Vector<float>.Zero).CopyTo(delta[i..]);
        for (; i < delta.Length; i++)
        {
            if (draws[i] >= probability) delta[i] = 0;
        }
    }
}
