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
    /// <param name="sparse">Whether a training step costs what the rows it touches cost, and not what the table costs (<see cref="RowWindow"/>).</param>
    public Embedding(int count, int width, RandomStream random, Initializer? initializer = null, bool sparse = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        Count = count;
        Width = width;
        Weight = Register("weight", (initializer ?? Initializer.Normal()).Create([count, width], random));
        if (sparse) Weight.TrainRows();
    }

    /// <summary>Number of ids.</summary>
    public int Count { get; }

    /// <summary>Length of each vector.</summary>
    public int Width { get; }

    /// <summary>The table, <c>[count, width]</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>The tensor to look up in: the table, or the window of a training step in progress (<see cref="RowWindow"/>), in which ids have other places.</summary>
    public Tensor Source => Weight.Leaf;

    /// <summary>Whether <see cref="Source"/> is a window.</summary>
    public bool IsWindowed => Weight.Window is { IsActive: true };

    /// <summary>How many vectors of this table a row of the data looks up at most; the owner adds what it looks up. Sizes the window of a sparse table.</summary>
    public int LookupsPerRow { get; set; } = 1;

    /// <summary>The vectors of some ids.</summary>
    /// <param name="ids">Ids in [0, <see cref="Count"/>), any shape.</param>
    /// <returns>Shape <c>[...ids shape, width]</c>.</returns>
    /// <exception cref="TensorException">An id is out of range; the message names its position and value.</exception>
    public Tensor Forward(IndexTensor ids)
    {
        if (Weight.Window is not { IsActive: true }) return Weight.Value.GatherRows(ids);
        var slots = new IndexTensor(ids.Shape);
        Locate(ids.Span, slots.Span, 0, 1);
        return Source.GatherRows(slots);
    }

    /// <summary>Writes where in <see cref="Source"/> some ids are to be looked up: the ids themselves, or their places in the window of a step.</summary>
    /// <param name="ids">Ids of this table at every <paramref name="stride"/>-th place from <paramref name="start"/>.</param>
    /// <param name="places">Receives the places, laid out the same way.</param>
    /// <param name="start">The first place.</param>
    /// <param name="stride">Distance to the next.</param>
    /// <exception cref="TensorException">An id is out of range, and the table is windowed.</exception>
    public void Locate(ReadOnlySpan<int> ids, Span<int> places, int start, int stride)
    {
        RowWindow? window = Weight.Window is { IsActive: true } active ? active : null;
        for (int i = start; i < ids.Length; i += stride) places[i] = window is null ? ids[i] : window.SlotOf(ids[i]);
    }
}
