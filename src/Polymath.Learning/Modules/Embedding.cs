using Polymath.Tensors;

namespace Polymath.Learning;

/// <summary>A table with one trained vector per id. Parameter: <c>weight</c> <c>[count, width]</c>, by default drawn from N(0, 1).</summary>
/// <example><code>
/// var table = new Embedding(10, 4, new RandomStream(1));
/// Tensor y = table.Forward(IndexTensor.FromArray([3, 3, 9]));   // [3, 4], the first two rows equal
/// </code></example>
public sealed class Embedding : Module
{
    /// <summary>A table.</summary>
    /// <param name="count">Number of ids, at least 1.</param>
    /// <param name="width">Length of each vector, at least 1.</param>
    /// <param name="random">Where the initial values come from.</param>
    /// <param name="initializer">Draws the table; null for N(0, 1).</param>
    public Embedding(int count, int width, RandomStream random, Initializer? initializer = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        Count = count;
        Width = width;
        Weight = Register("weight", (initializer ?? Initializer.Normal()).Create([count, width], random));
    }

    /// <summary>Number of ids.</summary>
    public int Count { get; }

    /// <summary>Length of each vector.</summary>
    public int Width { get; }

    /// <summary>The table, <c>[count, width]</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>The vectors of some ids.</summary>
    /// <param name="ids">Ids in [0, <see cref="Count"/>), any shape.</param>
    /// <returns>Shape <c>[...ids shape, width]</c>.</returns>
    /// <exception cref="TensorException">An id is out of range; the message names its position and value.</exception>
    public Tensor Forward(IndexTensor ids) => Weight.Value.GatherRows(ids);
}
