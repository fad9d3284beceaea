using Polymath.Tensors;

namespace Polymath.Learning.Training;

/// <summary>The order of rows in one epoch and its cut into batches: a function of seed and epoch alone, so nothing of it is saved.</summary>
internal sealed class BatchOrder(int rows, int batchSize, RandomStream random)
{
    private readonly int[] _order = new int[rows];

    /// <summary>Batches per epoch.</summary>
    public int Steps { get; } = TrainerOptions.StepsOf(rows, batchSize);

    public void Begin(int epoch) => random.Derive((ulong)epoch).FillPermutation(_order);

    public ReadOnlySpan<int> this[int step]
    {
        get
        {
            int start = step * batchSize;
            return step == Steps - 1 ? _order.AsSpan(start) : _order.AsSpan(start, batchSize);
        }
    }
}
