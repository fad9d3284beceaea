using Polymath.Tensors;

namespace Polymath.Learning.Training;

/// <summary>The order of rows in one epoch and its cut into batches: a function of seed and epoch alone, so nothing of it is saved.</summary>
internal sealed class BatchOrder(int rows, TrainerOptions options, RandomStream random)
{
    private readonly int[] _order = new int[rows];

    /// <summary>Batches per epoch.</summary>
    public int Steps { get; } = options.StepsOf(rows);

    public void Begin(int epoch) => random.Derive((ulong)epoch).FillPermutation(_order);

    public ReadOnlySpan<int> this[int step]
    {
        get
        {
            int size = options.BatchSize, start = step * size;
            bool takesRest = step == Steps - 1 && !(options.DropLast && rows >= size);
            return takesRest ? _order.AsSpan(start) : _order.AsSpan(start, size);
        }
    }
}
