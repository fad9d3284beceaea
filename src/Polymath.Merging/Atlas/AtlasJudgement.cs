namespace Polymath.Merging;

/// <summary>A judgement of the network as it stands.</summary>
/// <param name="Score">Higher is better; NaN when there is nothing to judge by.</param>
/// <param name="Control">The control's score, or NaN.</param>
/// <param name="Admissible">False when the epoch may not be chosen.</param>
/// <param name="Stop">True when further epochs are useless.</param>
internal sealed record AtlasJudgement(double Score, double Control, bool Admissible, bool Stop);
