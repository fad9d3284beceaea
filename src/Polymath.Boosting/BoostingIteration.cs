namespace Polymath.Boosting;

/// <summary>The losses after one iteration.</summary>
/// <param name="Block">Its block.</param>
/// <param name="Iteration">Its number in the block, from 1. In block 3 every task is at this iteration.</param>
/// <param name="TrainingLoss">Mean loss per training row.</param>
/// <param name="ValidationLoss">Mean loss per validation row; NaN without any.</param>
public readonly record struct BoostingIteration(BoostingBlock Block, int Iteration, double TrainingLoss, double ValidationLoss);
