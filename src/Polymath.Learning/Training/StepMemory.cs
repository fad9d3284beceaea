using Polymath.Learning.Reporting;

namespace Polymath.Learning.Training;

/// <summary>
/// The memory of a training step beside the weights and the optimiser's state. Measured over the whole process: fits that run at the
/// same time count together.
/// </summary>
/// <param name="PooledBytes">The most bytes of activations and cotangents in use at once, lent by the buffer pool.</param>
/// <param name="GradientBytes">Bytes of flat gradients: one row, and one more per task where tasks' gradients are compared; in flat regions two more per task and a copy of the parameters.</param>
/// <param name="AllocatedBytes">Bytes the last step left to the garbage collector; 0 once warm.</param>
/// <example><code>
/// Console.WriteLine(new StepMemory(3_200_000, 640_000, 0));   // 3.20 MB in pooled buffers, 640 kB of gradients, nothing left to the garbage collector
/// </code></example>
public sealed record StepMemory(long PooledBytes, long GradientBytes, long AllocatedBytes)
{
    /// <summary>The three numbers in words.</summary>
    public override string ToString()
        => $"{Numbers.Bytes(PooledBytes)} in pooled buffers, {Numbers.Bytes(GradientBytes)} of gradients, {(AllocatedBytes == 0 ? "nothing" : Numbers.Bytes(AllocatedBytes))} left to the garbage collector";
}
