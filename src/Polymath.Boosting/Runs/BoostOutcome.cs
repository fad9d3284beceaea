using Polymath.Learning.Reporting;

namespace Polymath.Boosting.Runs;

/// <summary>What a run came to.</summary>
/// <param name="Completed">False when it was cancelled; finished fits of a search are kept and <c>--resume</c> continues it.</param>
/// <param name="Folder">Its files.</param>
/// <param name="Report">Results; null when not completed.</param>
public sealed record BoostOutcome(bool Completed, BoostFolder Folder, RunReport? Report);
