using Polymath.Tensors;

namespace Polymath.Merging.Blending;

/// <summary>
/// The uniform numbers by which elements are dropped at random (DARE, DELLA): an element with keep probability p stays when its
/// draw is below p. The draw of an element depends on the seed, the tensor, the model and the element's position alone, so it is
/// the same at any thread count and in any order.
/// </summary>
/// <param name="seed">The seed.</param>
public class RandomDraws(ulong seed)
{
    /// <summary>The seed.</summary>
    public ulong Seed => seed;

    /// <summary>The draws of a run of elements, in [0, 1).</summary>
    /// <param name="tensor">The output tensor's name.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="start">The first element.</param>
    /// <param name="draws">Receives a draw for each element from there on.</param>
    public virtual void Fill(string tensor, string model, long start, Span<float> draws)
    {
        RandomStream stream = new RandomStream(seed).Derive($"{tensor}\n{model}");
        stream.Position = (ulong)start;
        stream.FillUniform(draws);
    }
}
