using Polymath.Tensors;

namespace Polymath.Learning.Training;

/// <summary>Measures the memory of the steps of a fit: pooled buffers during training, not during validation, and what the last step allocated.</summary>
internal sealed class StepMeter
{
    private long _before, _allocated = -1, _pooled, _gradients;
    private int _collections;

    /// <summary>What was measured; null before the first step.</summary>
    public StepMemory? Result => _allocated < 0 ? null : new StepMemory(_pooled, _gradients, _allocated);

    public static void BeginEpoch() => BufferPool.ResetHighWaterMark();

    public void EndEpoch() => _pooled = Math.Max(_pooled, BufferPool.HighWaterMark);

    public void BeginStep() => (_collections, _before) = (GC.CollectionCount(0), GC.GetAllocatedBytesForCurrentThread());

    /// <param name="gradientBytes">Bytes of flat gradients the step holds.</param>
    public void EndStep(long gradientBytes)
    {
        // A collection takes the thread's open block of a few kB away, which then counts as allocated: such a step says nothing.
        long allocated = GC.GetAllocatedBytesForCurrentThread() - _before;
        if (_allocated < 0 || GC.CollectionCount(0) == _collections) _allocated = allocated;
        _gradients = Math.Max(_gradients, gradientBytes);
    }
}
