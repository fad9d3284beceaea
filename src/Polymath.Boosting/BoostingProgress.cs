namespace Polymath.Boosting;

/// <summary>How far a fit is.</summary>
/// <param name="Block">The block at work.</param>
/// <param name="Done">Trees fitted so far, over all blocks.</param>
/// <param name="Total">Trees to fit at most.</param>
/// <param name="TrainingLoss">Mean loss of the training rows; NaN in block 3, where tasks are at different iterations.</param>
public readonly record struct BoostingProgress(BoostingBlock Block, long Done, long Total, double TrainingLoss);
