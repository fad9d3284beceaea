using System.Numerics.Tensors;

namespace Polymath.Merging.Blending;

/// <summary>A weighted sum of sources whose weights hold for a whole tensor.</summary>
/// <param name="sources">Positions of the sources.</param>
/// <param name="weights">Their weights.</param>
/// <param name="baseIndex">The base model's position: each source then counts as its difference to the base, and the base is added; -1 for plain sources.</param>
internal sealed class Combination(int[] sources, double[] weights, int baseIndex = -1) : IBlockRule
{
    private readonly float[] _weights = Array.ConvertAll(weights, weight => (float)weight);

    /// <inheritdoc/>
    public Granularity Granularity => Granularity.Elements;

    /// <inheritdoc/>
    public int Scratch => 0;

    /// <inheritdoc/>
    public void Apply(Block block)
    {
        Span<float> output = block.Output;
        for (int i = 0; i < sources.Length; i++)
        {
            ReadOnlySpan<float> values = InnerProducts.Offset(block, sources[i], baseIndex);
            if (i == 0) TensorPrimitives.Multiply(values, _weights[i], output);
            else TensorPrimitives.MultiplyAdd(values, _weights[i], output, output);
            block.Round(output);
        }

        if (baseIndex < 0) return;
        TensorPrimitives.Add(output, block.Source(baseIndex), output);
        block.Round(output);
    }
}
