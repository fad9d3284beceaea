namespace Polymath.Reproductions.Rmtgb;

/// <summary>Iterations of the three blocks, as the paper writes them: 50/50/100.</summary>
/// <param name="Shared">Block 1.</param>
/// <param name="Robust">Block 2.</param>
/// <param name="Task">Block 3; of a pooled booster, which has one task, its only block.</param>
internal readonly record struct BlockIterations(int Shared, int Robust, int Task);
