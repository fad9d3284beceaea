namespace Polymath.Boosting;

/// <summary>Predictions after an iteration.</summary>
/// <param name="Block">Its block.</param>
/// <param name="Iteration">Its number in the block, from 1. In block 3 every task is at this iteration, or at its last.</param>
/// <param name="Predictions"><c>[rows, Outputs]</c>, row-major. The next stage overwrites them: copy what is to be kept.</param>
public readonly record struct BoostingStage(BoostingBlock Block, int Iteration, ReadOnlyMemory<double> Predictions);
