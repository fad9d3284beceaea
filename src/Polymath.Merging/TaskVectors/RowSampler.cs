using Polymath.Tensors;

namespace Polymath.Merging.TaskVectors;

/// <summary>Batches of rows without replacement, pass after pass: at random, one draw per row that is taken, or in the order of the data. Takes no memory but one order.</summary>
internal sealed class RowSampler
{
    private readonly int[] _order;
    private readonly RandomStream? _random;
    private int _next;

    /// <param name="rows">How many rows there are, at least 1.</param>
    /// <param name="random">Where the order comes from; null for the order of the data.</param>
    public RowSampler(int rows, RandomStream? random)
    {
        _order = new int[rows];
        for (int i = 0; i < rows; i++) _order[i] = i;
        _random = random;
    }

    /// <summary>Starts a new pass.</summary>
    public void Restart() => _next = 0;

    /// <summary>The next rows of the pass, a new pass when it is over; the last batch of a pass may be smaller.</summary>
    public ReadOnlySpan<int> Next(int count)
    {
        if (_next == _order.Length) _next = 0;
        int start = _next, end = Math.Min(_order.Length, start + count);
        for (int i = start; _random is not null && i < end; i++)
        {
            int j = i + _random.NextInt32(_order.Length - i);
            (_order[i], _order[j]) = (_order[j], _order[i]);
        }

        _next = end;
        return _order.AsSpan(start, end - start);
    }
}
