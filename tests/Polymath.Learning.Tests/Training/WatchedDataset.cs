using Polymath.Learning;
using Polymath.Learning.Training;

namespace Polymath.Tests;

/// <summary>Calls back before every step; the probe before the first step is not counted.</summary>
internal sealed class WatchedDataset(ArrayDataset inner, Action<int, int> beforeStep) : Dataset
{
    private int _gathered = -1;

    public override int Rows => inner.Rows;

    public override int Tasks => inner.Tasks;

    public override float Label(int row, int task) => inner.Label(row, task);

    public override ulong Fingerprint() => inner.Fingerprint();

    public override Batch Gather(ReadOnlySpan<int> rows, Batch? reuse = null)
    {
        if (_gathered >= 0) beforeStep(_gathered, rows.Length);
        _gathered++;
        return inner.Gather(rows, reuse);
    }
}
