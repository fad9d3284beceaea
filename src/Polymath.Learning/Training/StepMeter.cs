using Polymath.Learning.Balancing;
using Polymath.Tensors;

namespace Polymath.Learning.Training;

/// <summary>Measures the memory of the steps of a fit: pooled buffers during training, not during validation, and what the last step allocated.</summary>
internal sealed class StepMeter
{
    private long _before, _allocated = -1, _pooled;

    /// <summary>What was measured; null before the first step.</summary>
    /// <param name="tasks">K.</param>
    /// <param name="needs">What the balancer asks for.</param>
    /// <param name="looks">Whether tasks' gradients are compared now and then for the report.</param>
    /// <param name="layout">The parameters.</param>
    public StepMemory? Of(int tasks, BalancerNeeds needs, bool looks, ParameterLayout layout)
    {
        if (_allocated < 0) return null;
        bool rows = (needs & (BalancerNeeds.Gramian | BalancerNeeds.Gradients)) != 0;
        long shared = (rows || looks ? tasks : 0) + (rows ? 0 : 1), own = (rows || looks ? 1 : 0) + (rows ? 0 : 1);
        return new StepMemory(_pooled, sizeof(float) * ((shared * layout.SharedCount) + (own * layout.OwnCount)), _allocated);
    }

    public static void BeginEpoch() => BufferPool.ResetHighWaterMark();

    public void EndEpoch() => _pooled = Math.Max(_pooled, BufferPool.HighWaterMark);

    public void BeginStep() => _before = GC.GetAllocatedBytesForCurrentThread();

    public void EndStep() => _allocated = GC.GetAllocatedBytesForCurrentThread() - _before;
}
