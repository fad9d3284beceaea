using Polymath.Learning.Reporting;

namespace Polymath.Tabular.Runs;

/// <summary>What a run came to.</summary>
/// <param name="Completed">False when it was cancelled: <c>--resume</c> continues it.</param>
/// <param name="Folder">Its files.</param>
/// <param name="Report">Results; null when not completed.</param>
public sealed record RunOutcome(bool Completed, RunFolder Folder, RunReport? Report);
